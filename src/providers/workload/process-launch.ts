/** Starts a version in a slot as a process of its own that outlives the worker. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { identityOf } from './process-identity.ts';
import { commandOf, type Place } from './process-places.ts';
import type { ProcessSettings } from './process-settings.ts';
import { writeSlot } from './process-slots.ts';

/** A log that has grown beyond this makes room at the next start. */
const logLimitBytes = 10_000_000;

/** The first thread of a process that ends is gone before the last one, which still holds the port. */
const portFreeWithinMs = 1_000;

/** Exit of a child that this process started itself; of others only their absence is seen. */
const exits = new Map<number, string>();

/** How a child of this worker ended, for people; null: not known, or it has not. */
export function exitOf(pid: number): string | null {
  return exits.get(pid) ?? null;
}

/** Runs the command that follows once a line has come; without one, since whoever started it has died, it just ends. */
const onceOnRecord = 'read -r go && exec "$@" </dev/null';

/**
 * Returns when the process runs and is on record, long before it is ready. A worker that dies in between leaves nothing
 * behind: what nobody has on record would hold the slot's port for ever. @throws SluiceError `workload-unready`.
 */
export async function launch(where: Place, settings: ProcessSettings, version: string): Promise<void> {
  // Without this look, a stranger on the port would pass for the version that is to be made ready.
  if (!(await isFreeWithin(portFreeWithinMs, where.port))) {
    throw unready(`port ${where.port} of slot ${where.slot} is taken by a process that Sluice did not start`);
  }
  const command = commandOf(settings, where, version);
  const child = spawnDetached(command, where.files.log);
  // `once` rejects with the child's error, such as a machine that has no room for another process.
  const problem = await once(child, 'spawn').then(() => null, messageOf);
  const { pid, stdin } = child;
  if (problem !== null || pid === undefined || stdin === null) {
    throw unready(`cannot run ${command[0]}: ${problem ?? 'no process'}`);
  }
  child.once('exit', (code, signal) => exits.set(pid, signal ? `by ${signal}` : `with code ${code}`));
  // One that was ended meanwhile reads nothing; that it is gone is seen when it should become ready.
  stdin.on('error', () => {});
  try {
    await writeSlot(where.files, { version, ...(await identityOf(pid)), command });
    stdin.write('go\n');
  } finally {
    stdin.end();
  }
}

function spawnDetached(command: readonly string[], log: string): ChildProcess {
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > logLimitBytes) renameSync(log, `${log}.1`);
  const output = openSync(log, 'a');
  try {
    const child = spawn('/bin/sh', ['-c', onceOnRecord, 'sluice', ...command], {
      detached: true,
      stdio: ['pipe', output, output],
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

async function isFreeWithin(ms: number, port: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (await isListening(port)) {
    if (Date.now() >= deadline) return false;
    await sleep(50);
  }
  return true;
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
