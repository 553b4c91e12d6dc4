/** What holds a long answer together: it is torn by an error, by too long a silence, and by whoever asked. */
import { KubeError } from './errors.ts';

export class Thread {
  /** Aborts the request that the answer comes from. */
  readonly signal: AbortSignal;
  /** Rejects when the thread is torn; never resolves. */
  readonly torn: Promise<never>;
  private readonly request = new AbortController();
  private readonly what: string;
  private readonly outer: AbortSignal;
  private readonly quietMs: number | undefined;
  private readonly passOn = () => this.request.abort(this.outer.reason);
  private reject: (error: Error) => void = () => {};
  private timer: NodeJS.Timeout | undefined;

  /** Without `quietMs` silence tears nothing. */
  constructor(what: string, outer: AbortSignal, quietMs: number | undefined) {
    this.what = what;
    this.outer = outer;
    this.quietMs = quietMs;
    this.signal = this.request.signal;
    this.torn = new Promise<never>((_, reject) => {
      this.reject = reject;
    });
    this.torn.catch(() => {});
    if (outer.aborted) this.passOn();
    else outer.addEventListener('abort', this.passOn, { once: true });
    this.heard();
  }

  heard(): void {
    const { quietMs } = this;
    if (quietMs === undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tear(`nothing was heard for ${quietMs} ms`), quietMs);
  }

  tear(why: string): void {
    this.reject(new KubeError('unavailable', `${this.what}: ${why}`));
    this.request.abort(new Error(why));
  }

  /** To be called when the answer has been read, or nobody reads it any more. */
  end(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.passOn);
    this.request.abort(new Error('nobody reads any more'));
  }
}
