/** Who this browser is to the API, kept for all pages alike, and what its session asks of whoever changes something. */
import type { Me } from '../../api/contract.ts';
import { ApiError } from '../../client/api-error.ts';

export class MeStore {
  private known: Me | null = null;
  private doubted = false;
  private readonly listeners = new Set<() => void>();
  private readonly ask: () => Promise<Me>;
  private readonly keepCsrf: (token: string | null) => void;

  constructor(ask: () => Promise<Me>, keepCsrf: (token: string | null) => void) {
    this.ask = ask;
    this.keepCsrf = keepCsrf;
  }

  /** Null: not known yet. */
  readonly get = (): Me | null => this.known;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** What cannot be learned now stays as it was: pages say by themselves what the API refuses. */
  async load(): Promise<void> {
    const me = await this.ask().catch(() => null);
    if (me === null) return;
    this.keepCsrf(me.session?.csrf ?? null);
    // Nothing is drawn anew for an answer that says the same.
    if (JSON.stringify(me) === JSON.stringify(this.known)) return;
    this.known = me;
    for (const listener of this.listeners) listener();
  }

  /**
   * Asks anew when somebody who was known is refused as a stranger: the session has ended meanwhile. Once for all that
   * is refused at the same time, that question too.
   */
  async doubt(): Promise<void> {
    if (this.doubted || !this.known?.verified) return;
    this.doubted = true;
    await this.load();
    this.doubted = false;
  }

  /**
   * Sends once more when the session was renewed meanwhile, in another tab say, but never in the name of somebody else
   * than whoever pressed the button.
   */
  async send<T>(post: () => Promise<T>): Promise<T> {
    try {
      return await post();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'csrf-refused') throw error;
      const before = this.known?.actor;
      await this.load();
      if (before !== undefined && this.known?.actor !== before) throw error;
      return await post();
    }
  }
}
