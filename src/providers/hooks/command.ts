/** A hook that runs a command which the operator wrote down, word by word; nothing of a plan becomes part of it. */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { killGroup, plainEnvironment } from '../process-group.ts';
import { readSettings } from '../settings.ts';
import type { Hook, HookCall, HookType } from './types.ts';

const settings = z.strictObject({
  command: z
    .array(z.string().min(1))
    .min(1)
    .max(100)
    .describe('Program and arguments; no shell reads them. The call is in SLUICE_… variables.'),
});

export const command: HookType = {
  type: 'command',
  summary: 'Runs a command of the operator; exit code 0 means done.',
  options: z.strictObject({}),
  settings,
  create: (given) => createCommand(readSettings('command', settings, given).command),
};

function createCommand([program = '', ...args]: readonly string[]): Hook {
  return {
    call: (input, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const child = spawn(program, args, {
          env: environmentOf(input),
          // What it says may hold secrets, so it goes to the worker's own error output and never into a history.
          stdio: ['ignore', 'ignore', 'inherit'],
          detached: true,
        });
        const kill = () => killGroup(child.pid, 'SIGKILL');
        signal.addEventListener('abort', kill, { once: true });
        child.once('error', (error) => reject(failed(`${program} cannot be run: ${error.message}`)));
        child.once('close', (code, ended) => {
          signal.removeEventListener('abort', kill);
          if (code === 0) return resolve();
          const how = ended === null ? `with code ${code}` : `by ${ended}`;
          reject(failed(`${program} ended ${how}; what it said is in the worker's error output`));
        });
      }),
    async close() {},
  };
}

function environmentOf(input: HookCall): NodeJS.ProcessEnv {
  return {
    ...plainEnvironment(),
    SLUICE_CALL_ID: input.id,
    SLUICE_TARGET: input.target,
    SLUICE_ACTION: input.action,
    ...(input.stage === undefined ? {} : { SLUICE_STAGE: input.stage }),
    ...(input.outcome === undefined ? {} : { SLUICE_OUTCOME: input.outcome }),
    SLUICE_VERSION: input.version,
    SLUICE_STABLE_VERSION: input.stableVersion,
    SLUICE_CAUSE: input.cause,
  };
}

function failed(what: string): SluiceError {
  return new SluiceError('hook-failed', `${what}.`);
}
