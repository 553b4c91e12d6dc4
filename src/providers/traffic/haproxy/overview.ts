/**
 * What the maps say of all targets, read in one conversation for the many that are looked at again and again: a thousand
 * watches would otherwise ask HAProxy for some seven thousand entries a second.
 */
import type { TargetId } from '../../../domain/plan/types.ts';
import type { RuntimeClient } from './client.ts';
import { type Seen, seenIn } from './entries.ts';
import { entriesIn, type MapCommands, type MapName, mapNames } from './maps.ts';

/** Those who look so rarely had better look for themselves. */
const fewPerSecond = 10;
/** What one look of one's own asks for. */
const entriesOfALook = 11;
/** An overview that was asked for no longer ago than this serves everybody. */
const maxAgeMs = 1_000;

interface Taken {
  readonly askedMs: number;
  value(name: MapName, key: string): string | null;
}

export class Overview {
  private readonly client: Pick<RuntimeClient, 'run'>;
  private readonly commands: MapCommands;
  private taking: { readonly askedMs: number; readonly taken: Promise<Taken> } | null = null;
  /** Of the last one. */
  private entries = 0;
  private looks = { sinceMs: 0, count: 0, perSecond: 0 };
  /** When each target's entries were last written from here. */
  private readonly wroteMs = new Map<TargetId, number>();

  constructor(client: Pick<RuntimeClient, 'run'>, commands: MapCommands) {
    this.client = client;
    this.commands = commands;
  }

  /** Somebody here has changed the target's entries, so older overviews are not of today. */
  wrote(id: TargetId): void {
    this.wroteMs.set(id, performance.now());
  }

  /** Null: whoever asks had better look for themselves. Errors: `traffic-unavailable`, `traffic-unready`. */
  async look(id: TargetId): Promise<Seen | null> {
    const perSecond = this.count();
    if (perSecond < fewPerSecond || perSecond * entriesOfALook < this.entries) return null;
    const { askedMs, value } = await this.lately();
    if ((this.wroteMs.get(id) ?? 0) >= askedMs) return null;
    return seenIn(id, Number(value('epoch', id) ?? 0), value);
  }

  /** How many looks there were in the last whole second. */
  private count(): number {
    const nowMs = performance.now();
    const pastMs = nowMs - this.looks.sinceMs;
    if (pastMs >= 1_000) {
      const perSecond = pastMs < 2_000 ? this.looks.count : 0;
      this.looks = { sinceMs: nowMs, count: 0, perSecond };
    }
    this.looks.count += 1;
    return this.looks.perSecond;
  }

  private lately(): Promise<Taken> {
    const askedMs = performance.now();
    if (this.taking === null || askedMs - this.taking.askedMs > maxAgeMs) {
      const taking = { askedMs, taken: this.take(askedMs) };
      this.taking = taking;
      taking.taken.catch(() => {
        if (this.taking === taking) this.taking = null;
      });
    }
    return this.taking.taken;
  }

  private async take(askedMs: number): Promise<Taken> {
    const commands = mapNames.map((name) => this.commands.show(name));
    // Nobody's signal: it serves others as well, and the socket's own time limit holds.
    const answers = await this.client.run(commands, { look: true });
    const maps = new Map(mapNames.map((name, index) => [name, valuesIn(answers[index])]));
    this.entries = [...maps.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [id, atMs] of this.wroteMs) if (atMs < askedMs) this.wroteMs.delete(id);
    return { askedMs, value: (name, key) => maps.get(name)?.get(key) ?? null };
  }
}

/** Of entries with the same key the frontend goes by the first. */
function valuesIn(answer: string | undefined): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { key, value } of entriesIn(answer)) if (!values.has(key)) values.set(key, value);
  return values;
}
