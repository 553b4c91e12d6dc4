/**
 * What the maps say of all targets, read in one conversation for the many that are looked at again and again: a
 * thousand watches would otherwise ask HAProxy for some seven thousand entries a second.
 */
import type { TargetId } from '../../../domain/plan/types.ts';
import { within } from '../../limit.ts';
import type { RuntimeClient } from './client.ts';
import { type Seen, seenIn } from './entries.ts';
import { entriesIn, type MapCommands, type MapName, mapNames } from './maps.ts';

/** Those who look so rarely had better look for themselves. */
const fewPerSecond = 10;
/** What one look of one's own asks for. */
const entriesOfALook = 11;
/** An overview that was asked for no longer ago than this serves everybody. */
const maxAgeMs = 1_000;
/** Nobody waits longer for it: who looks has a time limit, within which they can still look for themselves. */
const patienceMs = 500;
/** After one that failed everybody looks for themselves for so long. */
const restMs = 5_000;
/** How much the maps hold may have changed since the last one. */
const sizeForMs = 60_000;

type Value = (name: MapName, key: string) => string | null;

interface Taking {
  readonly askedMs: number;
  readonly value: Promise<Value>;
  underWay: boolean;
}

export class Overview {
  private readonly client: Pick<RuntimeClient, 'run'>;
  private readonly commands: MapCommands;
  private taking: Taking | null = null;
  private failedMs = Number.NEGATIVE_INFINITY;
  /** Of the last one. */
  private entries = { count: 0, atMs: 0 };
  private looks = { sinceMs: 0, count: 0, perSecond: 0 };
  /**
   * When each target's entries were last written from here, while somebody could be told of an overview before that.
   */
  private readonly wroteMs = new Map<TargetId, number>();

  constructor(client: Pick<RuntimeClient, 'run'>, commands: MapCommands) {
    this.client = client;
    this.commands = commands;
  }

  /** Somebody here has changed the target's entries, so older overviews are not of today. */
  wrote(id: TargetId): void {
    const { taking } = this;
    if (taking !== null && (taking.underWay || isYoung(taking))) this.wroteMs.set(id, performance.now());
    else this.wroteMs.clear();
  }

  /** Null: whoever asks had better look for themselves, also because an overview is slow or has failed. */
  async look(id: TargetId, signal?: AbortSignal): Promise<Seen | null> {
    const perSecond = this.count();
    if (perSecond < fewPerSecond || perSecond * entriesOfALook < this.size) return null;
    const taking = this.lately();
    if (taking === null) return null;
    const { askedMs } = taking;
    const waitsMs = askedMs + patienceMs - performance.now();
    if (taking.underWay && waitsMs <= 0) return null;
    const value = await within(Math.max(0, waitsMs), () => taking.value, signal).catch(() => null);
    if (value === null || !isYoung(taking) || (this.wroteMs.get(id) ?? 0) >= askedMs) return null;
    return seenIn(id, Number(value('epoch', id) ?? 0), value);
  }

  private get size(): number {
    const { count, atMs } = this.entries;
    return performance.now() - atMs > sizeForMs ? 0 : count;
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

  /** One at a time. Null: the last one failed a moment ago. */
  private lately(): Taking | null {
    if (this.taking !== null && (this.taking.underWay || isYoung(this.taking))) return this.taking;
    const askedMs = performance.now();
    if (askedMs - this.failedMs <= restMs) return null;
    const taking: Taking = { askedMs, value: this.take(askedMs), underWay: true };
    this.taking = taking;
    taking.value
      .catch(() => {
        this.taking = null;
        this.failedMs = performance.now();
      })
      .finally(() => {
        taking.underWay = false;
      });
    return taking;
  }

  private async take(askedMs: number): Promise<Value> {
    const commands = mapNames.map((name) => this.commands.show(name));
    // Nobody's signal: it serves others as well, and the socket's own time limit holds.
    const answers = await this.client.run(commands, { look: true });
    const maps = new Map(mapNames.map((name, index) => [name, valuesIn(answers[index])]));
    const count = [...maps.values()].reduce((sum, { size }) => sum + size, 0);
    this.entries = { count, atMs: performance.now() };
    for (const [id, atMs] of this.wroteMs) if (atMs < askedMs) this.wroteMs.delete(id);
    return (name, key) => maps.get(name)?.get(key) ?? null;
  }
}

function isYoung({ askedMs }: Taking): boolean {
  return performance.now() - askedMs <= maxAgeMs;
}

/** Of entries with the same key the frontend goes by the first. */
function valuesIn(answer: string | undefined): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { key, value } of entriesIn(answer)) if (!values.has(key)) values.set(key, value);
  return values;
}
