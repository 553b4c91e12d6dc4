/** `sluice up`: runs the whole local stack in the foreground. The only verb that is more than HTTP. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Io } from '../io.ts';
import { type Act, type CommonOptions, type Run, verb } from '../verb.ts';

export interface UpOptions extends CommonOptions {
  /** Ship a good and a bad version of the demo shop. */
  readonly demo?: boolean;
  /** End when the demo has ended; the exit code tells whether it went as it should. */
  readonly once?: boolean;
  /** First of the ports that the stack takes. */
  readonly portBase?: number;
}

export async function runUp(options: UpOptions, _io: Io): Promise<number> {
  // Loaded only here: every other verb works without the stack's parts.
  const { runStack } = await import('../../stack/stack.ts');
  return await runStack(options);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{4,5}$/.test(text) && port >= 1024 && port <= 65_000) return port;
  throw new InvalidArgumentError('Give a port from 1024 to 65000.');
}

export function upCommand(act: Act, run: Run<UpOptions> = runUp): Command {
  return verb('up', 'run the local stack: Temporal, HAProxy, Prometheus, the shop, worker and API')
    .option('--demo', 'ship a good and a bad version of the shop as real rollouts')
    .option('--once', 'end when the demo has ended')
    .option('--port-base <port>', 'first port of the stack', parsePort)
    .action((flags: UpOptions) => act(flags, (io) => run(flags, io)));
}
