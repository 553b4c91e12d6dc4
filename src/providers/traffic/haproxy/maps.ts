/** The map files that hold every target's state, and the commands on their entries. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../../domain/errors.ts';
import type { RuntimeClient } from './client.ts';

/**
 * `roles`: target -> stable slot. `epoch`: target -> owner. `stop`: target or `*` -> 1. The rest is keyed by
 * `target@epoch`, so that a write of a former owner lands where nobody reads.
 */
export const mapNames = ['roles', 'epoch', 'stop', 'weight', 'lease', 'match'] as const;
export type MapName = (typeof mapNames)[number];

export function mapFile(mapsDir: string, name: MapName): string {
  return join(mapsDir, `${name}.map`);
}

/** Makes the files that HAProxy needs at its start: no share, no lease, no stop; roles that are there stay. */
export function writeEmptyMaps(mapsDir: string): void {
  mkdirSync(mapsDir, { recursive: true });
  for (const name of mapNames) {
    writeFileSync(mapFile(mapsDir, name), '', { flag: name === 'roles' ? 'a' : 'w' });
  }
}

export class Maps {
  private readonly client: RuntimeClient;
  private readonly dir: string;

  constructor(client: RuntimeClient, dir: string) {
    this.client = client;
    this.dir = dir;
  }

  /** The values of entries, null where there is none. */
  async get(
    wanted: readonly (readonly [MapName, string])[],
    signal?: AbortSignal,
  ): Promise<(string | null)[]> {
    const commands = wanted.map(([name, key]) => `get map ${this.file(name)} ${key}`);
    const answers = await this.client.run(commands, signal);
    return answers.map((answer) => {
      if (/found=no/.test(answer)) return null;
      const value = /found=yes.* value="(?<value>[^"]*)"/.exec(answer)?.groups?.value;
      if (value === undefined) throw refused(answer);
      return value;
    });
  }

  /** Changes an entry that exists; false: there is none. One atomic write. */
  async change(name: MapName, key: string, value: string, signal?: AbortSignal): Promise<boolean> {
    const [answer = ''] = await this.client.run([`set map ${this.file(name)} ${key} ${value}`], signal);
    if (/not found/i.test(answer)) return false;
    if (answer !== '') throw refused(answer);
    return true;
  }

  /** Sets an entry whether it exists or not. */
  async put(name: MapName, key: string, value: string, signal?: AbortSignal): Promise<void> {
    if (await this.change(name, key, value, signal)) return;
    const [answer = ''] = await this.client.run([`add map ${this.file(name)} ${key} ${value}`], signal);
    if (answer !== '') throw refused(answer);
  }

  /** Removes entries; those that are not there are no error. */
  async drop(entries: readonly (readonly [MapName, string])[], signal?: AbortSignal): Promise<void> {
    if (entries.length === 0) return;
    const answers = await this.client.run(
      entries.map(([name, key]) => `del map ${this.file(name)} ${key}`),
      signal,
    );
    const odd = answers.find((answer) => answer !== '' && !/not found/i.test(answer));
    if (odd !== undefined) throw refused(odd);
  }

  private file(name: MapName): string {
    return mapFile(this.dir, name);
  }
}

function refused(answer: string): SluiceError {
  const line = answer.split('\n')[0] ?? '';
  return new SluiceError('traffic-unready', `HAProxy does not take the command: ${line}`);
}
