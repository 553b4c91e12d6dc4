/** `sluice watch`: follows a rollout until it ends; the exit code tells how. */
import type { Command } from 'commander';
import type { RolloutView } from '../../api/contract.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import type { Io } from '../io.ts';
import { createScreen, silentScreen } from '../screen.ts';
import { parseTarget, type Target } from '../target.ts';
import { writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, parseSeconds, type Run, verb } from '../verb.ts';

interface WatchOptions extends CommonOptions {
  readonly target: Target;
  readonly run?: string;
  /** Seconds without any answer after which to give up. */
  readonly patience: number;
  /** Print nothing but the end. */
  readonly quiet?: boolean;
}

export async function runWatch(options: WatchOptions, io: Io): Promise<number> {
  const { target, run, patience, quiet = false, json = false } = options;
  const client = clientOf(options, io);
  const screen = quiet ? silentScreen : createScreen(io, json);
  let last: RolloutView | null = null;
  let lastRaw: unknown = null;
  try {
    const bounds = { ...(run === undefined ? {} : { run }), patienceMs: patience * 1000 };
    for await (const followed of follow(client, target, bounds, io)) {
      screen.show(followed);
      if (followed.kind === 'view') ({ view: last, raw: lastRaw } = followed);
    }
  } finally {
    screen.close();
  }
  if (json && quiet) writeJson(io.out, lastRaw);
  if (!json && last) writeLines(io.out, [endLine(last)]);
  return exitCodeAfter(last);
}

export function exitCodeAfter(view: Pick<RolloutView, 'outcome'> | null): ExitCode {
  if (view?.outcome === 'promoted') return exitCodes.ok;
  if (view?.outcome === 'refused') return exitCodes.gateRefused;
  return view?.outcome === 'rolled-back' ? exitCodes.rolledBack : exitCodes.failure;
}

export function endLine({ target, version, outcome, status, temporalStatus }: RolloutView): string {
  const how = outcome ?? `ended without an outcome (${temporalStatus.toLowerCase()})`;
  const reason = status?.cause?.reason ?? status?.refusal;
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${target} ${version ?? ''} ${how}${why}`;
}

export function watchCommand(act: Act, run: Run<WatchOptions> = runWatch): Command {
  return verb('watch', 'follow a rollout until it ends', 'follows')
    .argument('<target>', 'environment/service', parseTarget)
    .option('--run <id>', 'a certain run instead of the latest')
    .option('--patience <seconds>', 'give up after so long without any answer', parseSeconds, 120)
    .action((target: Target, flags: Omit<WatchOptions, 'target'>) =>
      act(flags, (io) => run({ ...flags, target }, io)),
    );
}
