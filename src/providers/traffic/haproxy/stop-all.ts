/**
 * The stop of everything, and who holds it: the frontend reads the entry `*`, and beside it lies one entry for each
 * holder, so that whoever releases it lifts no other's.
 */
import { SluiceError } from '../../../domain/errors.ts';
import type { RuntimeClient } from './client.ts';
import { Entries } from './entries.ts';
import type { KeptMap } from './kept-map.ts';
import { entriesIn, type MapCommands } from './maps.ts';
import type { Stopping } from './stopping.ts';

const everything = '*';
/** No target begins like this. */
const prefix = '*@';

interface StopAllParts {
  readonly client: RuntimeClient;
  readonly commands: MapCommands;
  readonly stopping: Stopping;
  /** The file of the map; null: it is not kept. */
  readonly kept: KeptMap | null;
}

export class StopAll {
  private readonly parts: StopAllParts;

  constructor(parts: StopAllParts) {
    this.parts = parts;
  }

  async put(holder: string, signal: AbortSignal | undefined): Promise<void> {
    const keys = [everything, keyOf(holder)];
    // Of one turn of the event loop, so they go together.
    await Promise.all(keys.map((key) => this.parts.stopping.put(key, signal)));
    await this.keep(keys, '1');
  }

  /** Returns who else holds it; nobody: it is cleared. */
  async release(holder: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const own = keyOf(holder);
    await this.keep([own], null);
    await this.clear(own, signal);
    const others = await this.holders(signal);
    if (others.length > 0) return others;
    await this.keep([everything], null);
    await this.clear(everything, signal);
    // Somebody may have stopped everything in between, and must not find it going on.
    const late = await this.holders(signal);
    if (late.length > 0) {
      await this.parts.stopping.put(everything, signal);
      await this.keep([everything], '1');
    }
    return late;
  }

  private async clear(key: string, signal: AbortSignal | undefined): Promise<void> {
    const { client, commands } = this.parts;
    await client.converse((run) => new Entries(run, commands, key).put('stop', key, 0), { signal });
  }

  private async holders(signal: AbortSignal | undefined): Promise<string[]> {
    const { client, commands } = this.parts;
    const [dump] = await client.run([commands.show('stop')], { signal });
    return entriesIn(dump)
      .filter(({ key, value }) => key.startsWith(prefix) && Number(value) > 0)
      .map(({ key }) => key.slice(prefix.length));
  }

  private async keep(keys: readonly string[], value: string | null): Promise<void> {
    await Promise.all(keys.map((key) => this.parts.kept?.set(key, value)));
  }
}

function keyOf(holder: string): string {
  if (/^[a-z0-9][a-z0-9._/-]{0,199}$/.test(holder)) return `${prefix}${holder}`;
  throw new SluiceError('request-invalid', `"${holder}" cannot be the holder of a stop.`);
}
