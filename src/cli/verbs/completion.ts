/** `sluice completion`: what a shell needs to complete command lines, and the names that it asks for meanwhile. */
import { Argument, Command } from 'commander';
import { readContexts } from '../contexts/file.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { bashScript, zshScript } from '../manual/bash.ts';
import { fishScript } from '../manual/fish.ts';
import { type CommandSpec, treeOf } from '../manual/tree.ts';
import { placesOf } from '../manual/values.ts';
import { writeLines } from '../text.ts';
import { type Act, apiOptions, type CommonOptions, clientOf } from '../verb.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
const names = { targets: targetsOf, contexts: contextsOf } as const;

type What = keyof typeof scripts | keyof typeof names;

async function runCompletion(
  what: What,
  program: CommandSpec,
  options: CommonOptions,
  io: Io,
): Promise<number> {
  if (what in scripts) {
    io.out.write(scripts[what as keyof typeof scripts](placesOf(program)));
    return exitCodes.ok;
  }
  // Somebody is in the middle of a line: whatever is wrong will be told when it is sent.
  const found = await names[what as keyof typeof names](options, io).catch(() => []);
  writeLines(io.out, found);
  return exitCodes.ok;
}

/** Longer nobody waits for a key. */
const withinMs = 1_000;

async function targetsOf(options: CommonOptions, io: Io): Promise<string[]> {
  const { value } = await clientOf(options, io).ask('listRollouts', { limit: 200 }, { withinMs });
  return [...new Set(value.rollouts.map(({ target }) => target))].sort();
}

async function contextsOf(_options: CommonOptions, io: Io): Promise<string[]> {
  return Object.keys(readContexts(io).contexts);
}

export function completionCommand(act: Act): Command {
  const command = new Command('completion')
    .description('print what a shell needs to complete command lines of sluice')
    .addArgument(
      new Argument('<what>', 'for which shell; targets and contexts are what these ask for').choices([
        ...Object.keys(scripts),
        ...Object.keys(names),
      ]),
    );
  return apiOptions(command).action((what: What, flags: CommonOptions) =>
    act({}, (io) => runCompletion(what, treeOf(command.parent ?? command), flags, io)),
  );
}
