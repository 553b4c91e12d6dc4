/** HAProxy's runtime socket: a conversation of commands and answers over one connection, within a time limit. */
import { limitOf } from '../../limit.ts';
import { Turns } from '../../turns.ts';
import { Line, unavailable } from './line.ts';

/** Sends the commands in order and returns their answers. Errors: `traffic-unavailable`, `request-invalid`. */
export type Run = (commands: readonly string[]) => Promise<readonly string[]>;

export interface TalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Overtakes what waits for its turn. */
  readonly urgent?: boolean;
  /**
   * Only for looks: may go over a connection that an earlier look left open, at most a second old. After a reload it
   * still leads to HAProxy's former process, so nothing that must take effect may go this way.
   */
  readonly look?: boolean;
}

export interface RuntimeClient {
  /** One round of commands over a connection of its own. */
  run(commands: readonly string[], options?: TalkOptions): Promise<readonly string[]>;
  /** Several rounds over one connection, which is closed when `talk` ends. The time limit is for all of it. */
  converse<T>(talk: (run: Run) => Promise<T>, options?: TalkOptions): Promise<T>;
  /** Ends what looks have left open. */
  close(): void;
}

/** HAProxy serves ten connections to its socket at a time unless told otherwise; two are left for people. */
const maxConversations = 8;
/** Waiting for a turn does not count against HAProxy's time, but ends too: after so many time limits. */
const patience = 3;

export function createRuntimeClient(socket: string, timeoutMs: number): RuntimeClient {
  const turns = new Turns(maxConversations);
  const lines = new OpenLines();
  const converse = async <T>(talk: (run: Run) => Promise<T>, options: TalkOptions = {}): Promise<T> => {
    const { signal, urgent = false, look = false } = options;
    const wait = limitOf(timeoutMs * patience, signal);
    const taken = await turns.take(urgent, wait.signal);
    wait.clear();
    if (!taken) throw unavailable(socket, 'it was busy, or the call was cancelled');
    const old = look ? lines.take() : null;
    const conversation = new Conversation(socket, old, timeoutMs, signal);
    try {
      return await talk((commands) => conversation.run(commands));
    } finally {
      const line = conversation.end();
      if (look) lines.keep(line);
      else line.fail('it is over');
      turns.done();
    }
  };
  return {
    converse,
    run: (commands, options) => converse((run) => run(commands), options),
    close: () => lines.close(),
  };
}

class Conversation {
  private readonly socket: string;
  private readonly limit: NodeJS.Timeout;
  private readonly signal: AbortSignal | undefined;
  private readonly onAbort = () => this.break('the call was cancelled');
  private line: Line;
  /** Was open before, and has said nothing in this conversation yet. */
  private untried: boolean;
  private over = false;

  constructor(socket: string, old: Line | null, timeoutMs: number, signal: AbortSignal | undefined) {
    this.socket = socket;
    this.line = old ?? new Line(socket);
    this.untried = old !== null;
    this.signal = signal;
    this.limit = setTimeout(() => this.break(`it did not answer within ${timeoutMs} ms`), timeoutMs);
    signal?.addEventListener('abort', this.onAbort, { once: true });
    if (signal?.aborted === true) this.onAbort();
  }

  async run(commands: readonly string[]): Promise<readonly string[]> {
    const { untried } = this;
    this.untried = false;
    try {
      return await this.line.run(commands);
    } catch (error) {
      // HAProxy may have closed it since, or have been restarted: that is heard only now.
      if (!untried || this.over || this.line.failure === null) throw error;
      this.line = new Line(this.socket);
      return await this.line.run(commands);
    }
  }

  /** Gives the connection back. */
  end(): Line {
    clearTimeout(this.limit);
    this.signal?.removeEventListener('abort', this.onAbort);
    return this.line;
  }

  private break(why: string): void {
    this.over = true;
    this.line.fail(why);
  }
}

const maxOpen = 2;
const maxAgeMs = 1_000;

/** What many looks share: a watch looks every other second, and a connection costs as much as the look itself. */
class OpenLines {
  private open: Line[] = [];
  private sweeper: NodeJS.Timeout | null = null;

  take(): Line | null {
    this.drop((line) => performance.now() - line.openedMs > maxAgeMs);
    const line = this.open.pop() ?? null;
    line?.wake();
    return line;
  }

  keep(line: Line): void {
    if (line.busy || this.open.length >= maxOpen) line.fail('it is over');
    if (line.failure !== null) return;
    line.rest();
    this.open.push(line);
    this.sweeper ??= setTimeout(() => this.close(), maxAgeMs).unref();
  }

  close(): void {
    if (this.sweeper !== null) clearTimeout(this.sweeper);
    this.sweeper = null;
    this.drop(() => true);
  }

  private drop(old: (line: Line) => boolean): void {
    for (const line of this.open.filter(old)) line.fail('it is over');
    this.open = this.open.filter(({ failure }) => failure === null);
  }
}
