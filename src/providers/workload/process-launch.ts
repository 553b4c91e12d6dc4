/** Starts a version in a slot as a process of its own that outlives the worker. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { identityOf } from './process-identity.ts';
import { commandOf, type Place } from './process-places.ts';
import type { ProcessSettings } from './process-settings.ts';
import { writeSlot } from './process-slots.ts';

/** A log that has grown beyond this makes room at the next start. */
const logLimitBytes = 10_000_000;

/** Exit of a child that this process started itself; of others only their absence is seen. */
const exits = new Map<number, string>();

/** How a child of this worker ended, for people; null: not known, or it has not. */
export function exitOf(pid: number): string | null {
  return exits.get(pid) ?? null;
}

/** Returns when the process runs and is on record, long before it is ready. @throws SluiceError `workload-unready`. */
export async function launch(where: Place, settings: ProcessSettings, version: string): Promise<void> {
  // Without this look, a stranger on the port would pass for the version that is to be made ready.
  if (await isListening(where.port)) {
    throw unready(`port ${where.port} of slot ${where.slot} is taken by a process that Sluice did not start`);
  }
  const command = commandOf(settings, where, version);
  const child = spawnDetached(command, where.files.log);
  // `once` rejects with the child's error, such as a program that does not exist.
  const problem = await once(child, 'spawn').then(() => null, messageOf);
  if (problem !== null || child.pid === undefined) {
    throw unready(`cannot run ${command[0]}: ${problem ?? 'no process'}`);
  }
  const { pid } = child;
  child.once('exit', (code, signal) => exits.set(pid, signal ? `by ${signal}` : `with code ${code}`));
  await writeSlot(where.files, { version, ...(await identityOf(pid)), command });
}

function spawnDetached(command: readonly string[], log: string): ChildProcess {
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > logLimitBytes) renameSync(log, `${log}.1`);
  const output = openSync(log, 'a');
  try {
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', output, output],
      env: plainEnvironment(),
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

/** The last two name the stack or test run to which a process belongs, so that it can be found. */
const passedVariables = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'SLUICE_HOME', 'SLUICE_RUN_ID'];

/** What runs in a slot gets none of the worker's secrets. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const passed = passedVariables.filter((name) => process.env[name] !== undefined);
  return Object.fromEntries(passed.map((name) => [name, process.env[name]]));
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

export function unready(message: string): SluiceError {
  return new SluiceError('workload-unready', message);
}
