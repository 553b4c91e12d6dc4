/** The dev server that a scenario runs on, as a process and by its own command line. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { locateTools } from '../../src/stack/tools.ts';

/** SIGSTOP for the server at `address`, as in an outage that hangs; returns what lets it go on. */
export function freezeServer(address: string): () => void {
  const pid = serverAt(address);
  process.kill(pid, 'SIGSTOP');
  return () => void process.kill(pid, 'SIGCONT');
}

/** Runs Temporal's own command line against the server; resolves with what it printed. */
export async function temporalCli(address: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(locateTools().temporal, [...args, '--address', address]);
  return stdout;
}

function serverAt(address: string): number {
  const port = address.split(':').at(-1) ?? '';
  const found = readdirSync('/proc').find((pid) => {
    const args = argumentsOf(pid);
    return args.includes('start-dev') && args[args.indexOf('--port') + 1] === port;
  });
  if (found === undefined) throw new Error(`no dev server runs at ${address}`);
  return Number(found);
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
