/** Answers of Temporal that many ask for, as they were a moment ago: what they cost does not follow how many ask. */

interface Ages {
  /** So old they are given without a word to Temporal ... */
  readonly freshMs: number;
  /** ... and so old they are given while new ones are on their way. */
  readonly staleMs: number;
}

const agesOfLists: Ages = { freshMs: 1_000, staleMs: 3_000 };
/** So old they are given without a word to Temporal while nothing is known to have changed. */
const quietMs = 30_000;
/** So long after a change from here visibility may lag behind it, so that what it shows then does not do for that long. */
const laggingMs = 3_000;
const mostKept = 200;

interface Kept<T> {
  readonly askedMs: number;
  readonly answer: T;
}

interface UnderWay<T> {
  readonly askedMs: number;
  readonly answer: Promise<T>;
}

/** Answers as somebody takes them. */
export interface Recent<T> {
  /** By whatever makes an answer another one. Throws what `ask` throws, unless there is an answer that will do. */
  of(key: string, ask: () => Promise<T>): Promise<T>;
}

export class RecentPages<T> implements Recent<T> {
  private readonly kept = new Map<string, Kept<T>>();
  private readonly underWay = new Map<string, UnderWay<T>>();
  private readonly quietSince: (atMs: number) => boolean;
  private readonly now: () => number;
  private readonly ages: Ages;
  private changedMs = Number.NEGATIVE_INFINITY;

  /** `quietSince`: whether nothing is known to have changed since then, as of `now`. Default: nobody knows. */
  constructor(
    quietSince: (atMs: number) => boolean = () => false,
    now: () => number = () => performance.now(),
    ages = agesOfLists,
  ) {
    this.quietSince = quietSince;
    this.now = now;
    this.ages = ages;
  }

  /**
   * By whatever makes an answer another one. Throws what `ask` throws, unless there is an answer not too old. `sinceMs`:
   * what was asked for before then, as of `now`, will not do. Default: it will.
   */
  async of(key: string, ask: () => Promise<T>, sinceMs = Number.NEGATIVE_INFINITY): Promise<T> {
    const { freshMs, staleMs } = this.ages;
    const kept = newer(this.kept.get(key), sinceMs);
    const ageMs = this.now() - (kept?.askedMs ?? Number.NEGATIVE_INFINITY);
    if (kept !== undefined && ageMs < quietMs && this.isQuietSince(kept.askedMs)) return kept.answer;
    if (kept === undefined || ageMs >= staleMs) return await this.ask(key, ask, sinceMs);
    // Whoever gets the answer at hand has no use for what becomes of the next one.
    if (ageMs >= freshMs) this.ask(key, ask, sinceMs).catch(() => {});
    return kept.answer;
  }

  /** As they are taken by somebody for whom what was asked for before then, as of `now`, will not do. */
  since(sinceMs: number | undefined): Recent<T> {
    return { of: (key, ask) => this.of(key, ask, sinceMs) };
  }

  /** Something was changed from here: nobody is given what was asked for before. */
  changed(): void {
    this.changedMs = this.now();
    this.kept.clear();
    this.underWay.clear();
  }

  private isQuietSince(atMs: number): boolean {
    return atMs - this.changedMs >= laggingMs && this.quietSince(atMs);
  }

  private ask(key: string, ask: () => Promise<T>, sinceMs: number): Promise<T> {
    const underWay = newer(this.underWay.get(key), sinceMs);
    if (underWay !== undefined) return underWay.answer;
    const askedMs = this.now();
    const answer: Promise<T> = ask().then(
      (answer) => {
        // Of what was asked before something was changed nothing is kept.
        if (this.underWay.get(key) === asked) this.keep(key, { askedMs, answer });
        return answer;
      },
      (error: unknown) => {
        if (this.underWay.get(key) === asked) this.underWay.delete(key);
        throw error;
      },
    );
    const asked = { askedMs, answer };
    this.underWay.set(key, asked);
    return answer;
  }

  private keep(key: string, kept: Kept<T>): void {
    this.underWay.delete(key);
    this.kept.delete(key);
    this.kept.set(key, kept);
    for (const [oldest, { askedMs }] of this.kept) {
      if (this.kept.size <= mostKept && this.now() - askedMs < quietMs) break;
      this.kept.delete(oldest);
    }
  }
}

/** Of what many look at again and again: asked for once in so long, however many look. */
export function askedEvery<T>(ms: number): RecentPages<T> {
  return new RecentPages<T>(undefined, undefined, { freshMs: ms, staleMs: ms });
}

function newer<K extends { readonly askedMs: number }>(known: K | undefined, sinceMs: number): K | undefined {
  return known !== undefined && known.askedMs > sinceMs ? known : undefined;
}
