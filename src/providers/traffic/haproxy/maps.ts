/** The map files that hold every target's state, the commands on their entries, and what the answers mean. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../../domain/errors.ts';

/**
 * By target: `roles` (stable slot), `stop` (also of `*`, and of who holds it) and `epoch` (the owner). By
 * `target@epoch`: `stable` (the slot that is stable under this owner). By `target@epoch@slot`, the slot being the
 * stable one: `weight`, `lease`, `match`. A write of a former owner, or one made for the other slot, thus lands where
 * nobody reads.
 */
export const mapNames = ['roles', 'stop', 'epoch', 'stable', 'weight', 'lease', 'match'] as const;
export type MapName = (typeof mapNames)[number];

/** Those whose files are kept up to date, since they must survive a restart of HAProxy. */
const kept: readonly MapName[] = ['roles', 'stop'];

export function mapFile(mapsDir: string, name: MapName): string {
  return join(mapsDir, `${name}.map`);
}

/** Makes the files that HAProxy needs at its start: no share and no lease; roles and stops that are there stay. */
export function writeEmptyMaps(mapsDir: string): void {
  mkdirSync(mapsDir, { recursive: true });
  for (const name of mapNames) {
    writeFileSync(mapFile(mapsDir, name), '', { flag: kept.includes(name) ? 'a' : 'w' });
  }
}

export class MapCommands {
  private readonly dir: string;

  constructor(mapsDir: string) {
    this.dir = mapsDir;
  }

  get(name: MapName, key: string): string {
    return `get map ${this.file(name)} ${key}`;
  }

  /** Changes an entry that exists, in one atomic write. */
  set(name: MapName, key: string, value: string | number): string {
    return `set map ${this.file(name)} ${key} ${value}`;
  }

  /** Adds an entry even if there is one: HAProxy would then keep both and read the older. */
  add(name: MapName, key: string, value: string | number): string {
    return `add map ${this.file(name)} ${key} ${value}`;
  }

  /** Deletes every entry of the key. */
  del(name: MapName, key: string): string {
    return `del map ${this.file(name)} ${key}`;
  }

  show(name: MapName): string {
    return `show map ${this.file(name)}`;
  }

  private file(name: MapName): string {
    return mapFile(this.dir, name).replaceAll(' ', '\\ ');
  }
}

/** What `get map` found; null: nothing. Errors: `traffic-unready`. */
export function valueIn(answer: string | undefined): string | null {
  if (answer?.includes('found=no')) return null;
  const value = /found=yes.* value="(?<value>[^"]*)"/.exec(answer ?? '')?.groups?.value;
  if (value === undefined) throw refused(answer);
  return value;
}

/** Whether `set`, `add` or `del` did something; false: there is no such entry. Errors: `traffic-unready`. */
export function tookEffect(answer: string | undefined): boolean {
  if (answer === '') return true;
  if (/not found/i.test(answer ?? '')) return false;
  throw refused(answer);
}

interface MapEntry {
  readonly key: string;
  readonly value: string;
}

/** What the answer of `show map` holds. Errors: `traffic-unready`. */
export function entriesIn(answer: string | undefined): MapEntry[] {
  const lines = (answer ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { key, value = '' } = /^0x[0-9a-f]+ (?<key>\S+) ?(?<value>\S*)/.exec(line)?.groups ?? {};
    if (key === undefined) throw refused(line);
    return { key, value };
  });
}

/** The keys in the answer of `show map`. Errors: `traffic-unready`. */
export function keysIn(answer: string | undefined): string[] {
  return entriesIn(answer).map(({ key }) => key);
}

function refused(answer: string | undefined): SluiceError {
  const line = answer?.split('\n')[0] ?? '';
  return new SluiceError('traffic-unready', `HAProxy does not take the command: ${line}`);
}
