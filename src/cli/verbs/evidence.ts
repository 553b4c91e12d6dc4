/** `sluice evidence`: the bundles that prove what rollouts did. */
import { Command } from 'commander';
import {
  type CollectOptions,
  type GetOptions,
  type HoldOptions,
  type ListOptions,
  type OneOptions,
  type PruneOptions,
  runCollect,
  runGet,
  runHold,
  runList,
  runPrune,
  runShow,
} from '../evidence/run.ts';
import { runVerify, type VerifyOptions } from '../evidence/verify.ts';
import { parseTarget, type Target } from '../target.ts';
import { type Act, type CommonOptions, collect, keyOption, pagingOptions, type Run, verb } from '../verb.ts';

export function evidenceCommand(act: Act): Command {
  const command = new Command('evidence').description('bundles that prove what rollouts did');
  const of = <O extends OneOptions>(name: string, description: string, run: Run<O>): Command =>
    verb(name, description)
      .argument('<rollout>', 'environment/service', parseTarget)
      .option('--run <id>', 'a certain run instead of the latest')
      .action((target: Target, flags: CommonOptions) =>
        // Put together from what commander parsed by the options below.
        act(flags, (io) => run({ ...flags, target } as O, io)),
      );
  const commands = [
    listCommand(act),
    of<OneOptions>('show', 'the manifest of a bundle: its files, signature and holds', runShow),
    of<GetOptions>('get', 'write a bundle to a folder or an archive', runGet).requiredOption(
      '--out <path>',
      'a new folder, or a new file that ends with .tar',
    ),
    verifyCommand(act),
    keyOption(
      of<CollectOptions>(
        'collect',
        'collect the bundle of a rollout that has ended, if it is not there',
        runCollect,
      ),
    ),
    ...(['hold', 'release'] as const).map((action) =>
      keyOption(
        of<HoldOptions>(
          action,
          action === 'hold' ? 'keep a bundle until it is released' : 'lift the hold of a bundle',
          (options, io) => runHold({ ...options, action }, io),
        ),
      )
        .requiredOption('--reason <text>', 'why; kept with the bundle')
        .option('--actor <name>', 'who asks (default: the current user)'),
    ),
    keyOption(verb('prune', 'delete the files of bundles whose time is over'))
      .option('--dry-run', 'only say what would go')
      .option('--actor <name>', 'who asks (default: the current user)')
      .action((flags: PruneOptions) => act(flags, (io) => runPrune(flags, io))),
  ];
  for (const one of commands) command.addCommand(one);
  return command;
}

function listCommand(act: Act): Command {
  return pagingOptions(verb('list', 'list bundles, those collected last first'))
    .option('--environment <name>', 'only of this environment')
    .option('--service <name>', 'only of this service')
    .action((flags: ListOptions) => act(flags, (io) => runList(flags, io)));
}

function verifyCommand(act: Act): Command {
  return verb('verify', 'check hashes, chain and signature of bundles, and replay their histories')
    .argument('<what...>', 'environment/service; or, without an API, ./folder or an archive.tar')
    .option('--run <id>', 'a certain run instead of the latest')
    .option(
      '--key <file>',
      'for bundles on disk: a public key that must have signed them; may be repeated',
      collect((text) => text),
    )
    .action((what: string[], flags: Omit<VerifyOptions, 'what'>) =>
      act(flags, (io) => runVerify({ ...flags, what }, io)),
    );
}
