/** `sluice up`: runs the whole local stack in the foreground. The only verb that is more than HTTP. */
import { Command, InvalidArgumentError } from 'commander';
import { isPortBase, portBaseRule } from '../../stack/ports.ts';
import type { Io } from '../io.ts';
import type { Act, Run } from '../verb.ts';

interface UpOptions {
  /** Ship a good and a bad version of the demo shop. */
  readonly demo?: boolean;
  /** End when the demo has ended; the exit code tells whether it went as it should. */
  readonly once?: boolean;
  /** First of the ports that the stack takes. */
  readonly portBase?: number;
}

async function runUp(options: UpOptions, _io: Io): Promise<number> {
  // Loaded only here: every other verb works without the stack's parts.
  const { runStack } = await import('../../stack/stack.ts');
  return await runStack(options);
}

const upExitCodes = `
Exit codes:
    0  done: Ctrl-C, or with --once the demo went as it should
    1  failed: the stack could not start, or with --once the demo went wrong
    2  bad input: the command line
  130  Ctrl-C while it starts or the demo runs
`;

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && isPortBase(Number(text))) return Number(text);
  throw new InvalidArgumentError(`It ${portBaseRule}.`);
}

export function upCommand(act: Act, run: Run<UpOptions> = runUp): Command {
  // Not a `verb`: it asks no API, and what it prints is for people.
  return new Command('up')
    .description('run the local stack: Temporal, HAProxy, Prometheus, the shop, worker and API')
    .option('--demo', 'ship a good and a bad version of the shop as real rollouts')
    .option('--once', 'end when the demo has ended')
    .option('--port-base <port>', 'first port of the stack (default: 7200)', parsePort)
    .addHelpText('after', upExitCodes)
    .action((flags: UpOptions) => act({}, (io) => run(flags, io)));
}
