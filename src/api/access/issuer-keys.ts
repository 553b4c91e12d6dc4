/** The public keys of an OpenID issuer, fetched anew when a token names one that is not among them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

const fetchTimeoutMs = 3_000;
/** A provider that is away must not keep people from rolling back. */
const goodForMs = 12 * 3_600_000;
/**
 * Between two fetches. It doubles while they bring nothing new, since anybody may name keys that there are not. What
 * is left of it is waited for if it is no longer than the shortest one: a key may be newer than a fetch of a moment ago.
 */
const shortestRestMs = 1_000;
const longestRestMs = 30_000;

type KeySet = ReturnType<typeof createRemoteJWKSet>;

interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

const systemClock: Clock = { now: () => performance.now(), sleep };

export class IssuerKeys {
  private readonly find: () => Promise<URL>;
  private readonly clock: Clock;
  private keys: KeySet | null = null;
  private last: Promise<void> = Promise.resolve();
  private lastMs = Number.NEGATIVE_INFINITY;
  private next: Promise<void> | null = null;
  /** After the last fetch. */
  private restMs = shortestRestMs;

  /** `find`: where the keys are. */
  constructor(find: () => Promise<URL>, clock: Clock = systemClock) {
    this.find = find;
    this.clock = clock;
  }

  /** Throws jose's `JWKSNoMatchingKey`, or why the keys cannot be had. */
  readonly get: JWTVerifyGetKey = async (...asked) => {
    const { keys } = this;
    if (keys?.fresh === true) {
      try {
        return await keys(...asked);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    await this.renewed();
    return await (await this.found())(...asked);
  };

  /** As of the next fetch; of the last one where the next is far off. Throws why the keys cannot be had. */
  private renewed(): Promise<void> {
    const leftMs = this.lastMs + this.restMs - this.clock.now();
    if (leftMs > shortestRestMs) return this.last;
    this.next ??= this.fetchIn(leftMs).finally(() => {
      this.next = null;
    });
    return this.next;
  }

  private async fetchIn(ms: number): Promise<void> {
    if (ms > 0) await this.clock.sleep(ms);
    this.last = this.fetch();
    await this.last;
  }

  private async fetch(): Promise<void> {
    const nowMs = this.clock.now();
    const idleMs = nowMs - this.lastMs - this.restMs;
    const restMs = idleMs > longestRestMs ? shortestRestMs : Math.min(2 * this.restMs, longestRestMs);
    const before = this.known();
    this.lastMs = nowMs;
    // Also after a fetch that fails: an issuer that is back is to be heard soon.
    this.restMs = shortestRestMs;
    await (await this.found()).reload();
    const isNew = [...this.known()].some((key) => !before.has(key));
    if (!isNew) this.restMs = restMs;
  }

  private async found(): Promise<KeySet> {
    this.keys ??= createRemoteJWKSet(await this.find(), {
      timeoutDuration: fetchTimeoutMs,
      cacheMaxAge: goodForMs,
      // When to ask again is decided here.
      cooldownDuration: Number.POSITIVE_INFINITY,
    });
    return this.keys;
  }

  private known(): ReadonlySet<string> {
    return new Set(this.keys?.jwks()?.keys.map((key) => JSON.stringify(key)));
  }
}
