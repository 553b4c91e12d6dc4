/** What the load generator has seen: totals since the start, and a sliding window of the last seconds. */

/** One request as its user saw it. */
export interface Sample {
  /** Version that answered; null: nobody did, or a proxy answered for it. */
  readonly version: string | null;
  readonly slot: string | null;
  /** HTTP status; null: no answer (refused, reset, timed out). */
  readonly status: number | null;
  /** When the request really left, epoch milliseconds. */
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  /** From the time at which the request was due, so that a stall of the generator cannot hide a slow answer. */
  readonly latencyMs: number;
}

export interface VersionStats {
  readonly requests: number;
  /** Answers outside 2xx. */
  readonly errors: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly bySlot: Readonly<Record<string, number>>;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
  readonly firstErrorAtMs: number | null;
  readonly lastErrorAtMs: number | null;
  /** When the latest requests that this version answered were sent, oldest first, at most 100. */
  readonly recentSentAtMs: readonly number[];
}

interface WindowStats {
  readonly seconds: number;
  readonly requests: number;
  readonly errors: number;
  readonly errorPercent: number;
  readonly versions: Readonly<Record<string, { readonly requests: number; readonly errors: number }>>;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
}

export interface LoadStats {
  readonly startedAtMs: number;
  readonly atMs: number;
  /** Requests per second that are asked for. */
  readonly rate: number;
  readonly requests: number;
  /** Answers outside 2xx and connection failures. */
  readonly errors: number;
  readonly networkFailures: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** By the version that answered; `none`: no version did. */
  readonly versions: Readonly<Record<string, VersionStats>>;
  readonly last5s: WindowStats;
}

const windowSeconds = 5;
const recentLimit = 100;
/** Beyond this many versions, new ones are counted together, so that memory stays bounded. */
const versionLimit = 100;

interface VersionTally {
  requests: number;
  errors: number;
  byStatus: Record<string, number>;
  bySlot: Record<string, number>;
  firstSeenAtMs: number;
  lastSeenAtMs: number;
  firstErrorAtMs: number | null;
  lastErrorAtMs: number | null;
  recentSentAtMs: number[];
}

interface Recent {
  readonly atMs: number;
  readonly version: string;
  readonly failed: boolean;
  readonly latencyMs: number;
}

export class LoadTally {
  readonly #startedAtMs: number;
  readonly #versions = new Map<string, VersionTally>();
  readonly #byStatus: Record<string, number> = {};
  #requests = 0;
  #errors = 0;
  #networkFailures = 0;
  #recent: Recent[] = [];

  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  add(sample: Sample): void {
    const failed = sample.status === null || sample.status < 200 || sample.status > 299;
    const status = sample.status === null ? 'network' : String(sample.status);
    const version = this.#nameOf(sample.version);
    this.#requests += 1;
    this.#errors += failed ? 1 : 0;
    this.#networkFailures += sample.status === null ? 1 : 0;
    this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1;
    this.#count(this.#tallyOf(version, sample), sample, status, failed);
    this.#recent.push({ atMs: sample.endedAtMs, version, failed, latencyMs: sample.latencyMs });
    if (this.#recent.length > 50_000) this.#recent = this.#recent.slice(-25_000);
  }

  stats(nowMs: number, rate: number): LoadStats {
    this.#recent = this.#recent.filter((one) => one.atMs > nowMs - windowSeconds * 1000);
    return {
      startedAtMs: this.#startedAtMs,
      atMs: nowMs,
      rate,
      requests: this.#requests,
      errors: this.#errors,
      networkFailures: this.#networkFailures,
      byStatus: this.#byStatus,
      versions: Object.fromEntries(this.#versions),
      last5s: windowOf(this.#recent),
    };
  }

  #nameOf(version: string | null): string {
    if (version === null) return 'none';
    return this.#versions.has(version) || this.#versions.size < versionLimit ? version : 'other';
  }

  #tallyOf(version: string, sample: Sample): VersionTally {
    let tally = this.#versions.get(version);
    if (!tally) {
      tally = {
        requests: 0,
        errors: 0,
        byStatus: {},
        bySlot: {},
        firstSeenAtMs: sample.endedAtMs,
        lastSeenAtMs: sample.endedAtMs,
        firstErrorAtMs: null,
        lastErrorAtMs: null,
        recentSentAtMs: [],
      };
      this.#versions.set(version, tally);
    }
    return tally;
  }

  #count(tally: VersionTally, sample: Sample, status: string, failed: boolean): void {
    tally.requests += 1;
    tally.lastSeenAtMs = sample.endedAtMs;
    tally.byStatus[status] = (tally.byStatus[status] ?? 0) + 1;
    if (sample.slot !== null) tally.bySlot[sample.slot] = (tally.bySlot[sample.slot] ?? 0) + 1;
    tally.recentSentAtMs.push(sample.sentAtMs);
    if (tally.recentSentAtMs.length > recentLimit) tally.recentSentAtMs.shift();
    if (!failed) return;
    tally.errors += 1;
    tally.firstErrorAtMs ??= sample.endedAtMs;
    tally.lastErrorAtMs = sample.endedAtMs;
  }
}

function windowOf(recent: readonly Recent[]): WindowStats {
  const versions: Record<string, { requests: number; errors: number }> = {};
  for (const { version, failed } of recent) {
    const seen = versions[version] ?? { requests: 0, errors: 0 };
    versions[version] = { requests: seen.requests + 1, errors: seen.errors + (failed ? 1 : 0) };
  }
  const errors = recent.filter((one) => one.failed).length;
  const sorted = recent.map((one) => one.latencyMs).sort((a, b) => a - b);
  const percentile = (part: number) =>
    Math.round((sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0) * 10) / 10;
  return {
    seconds: windowSeconds,
    requests: recent.length,
    errors,
    errorPercent: recent.length === 0 ? 0 : (errors / recent.length) * 100,
    versions,
    latencyMs: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) },
  };
}
