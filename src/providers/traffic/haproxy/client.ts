/** HAProxy's runtime socket: a conversation of commands and answers over one connection, within a time limit. */
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { messageOf, SluiceError } from '../../../domain/errors.ts';
import { limitOf } from '../../limit.ts';
import { Turns } from './turns.ts';

/** Sends the commands in order and returns their answers. Errors: `traffic-unavailable`, `request-invalid`. */
export type Run = (commands: readonly string[]) => Promise<readonly string[]>;

export interface TalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Overtakes what waits for its turn. */
  readonly urgent?: boolean;
}

export interface RuntimeClient {
  /** One round of commands over a connection of its own. */
  run(commands: readonly string[], options?: TalkOptions): Promise<readonly string[]>;
  /** Several rounds over one connection, which is closed when `talk` ends. The time limit is for all of it. */
  converse<T>(talk: (run: Run) => Promise<T>, options?: TalkOptions): Promise<T>;
}

/** In interactive mode each answer ends with this. */
const prompt = '\n> ';
/** HAProxy serves ten connections to its socket at a time unless told otherwise; two are left for people. */
const maxConversations = 8;
/** Waiting for a turn does not count against HAProxy's time, but ends too: after so many time limits. */
const patience = 3;

export function createRuntimeClient(socket: string, timeoutMs: number): RuntimeClient {
  const address = addressOf(socket);
  const turns = new Turns(maxConversations);
  const converse = async <T>(talk: (run: Run) => Promise<T>, options: TalkOptions = {}): Promise<T> => {
    const { signal, urgent = false } = options;
    const wait = limitOf(timeoutMs * patience, signal);
    const taken = await turns.take(urgent, wait.signal);
    wait.clear();
    if (!taken) throw unavailable(socket, 'it was busy, or the call was cancelled');
    const conversation = new Conversation(socket, address, timeoutMs, signal);
    try {
      return await talk((commands) => conversation.run(commands));
    } finally {
      conversation.close();
      turns.done();
    }
  };
  return { converse, run: (commands, options) => converse((run) => run(commands), options) };
}

interface Waiting {
  readonly count: number;
  resolve(answers: readonly string[]): void;
  reject(error: SluiceError): void;
}

class Conversation {
  private readonly name: string;
  private readonly connection: Socket;
  private readonly limit: NodeJS.Timeout;
  private readonly signal: AbortSignal | undefined;
  private readonly onAbort = () => this.fail('the call was cancelled');
  private text = '';
  private greeted = false;
  private failure: SluiceError | null = null;
  private waiting: Waiting | null = null;

  constructor(name: string, address: NetConnectOpts, timeoutMs: number, signal: AbortSignal | undefined) {
    this.name = name;
    this.signal = signal;
    this.limit = setTimeout(() => this.fail(`it did not answer within ${timeoutMs} ms`), timeoutMs);
    this.connection = connect(address);
    this.connection.setEncoding('utf8');
    this.connection.on('data', (chunk: string) => this.hear(chunk));
    this.connection.on('error', (error) => this.fail(messageOf(error), error));
    this.connection.on('close', () => this.fail('it broke the connection before it had answered'));
    this.connection.write('prompt\n');
    signal?.addEventListener('abort', this.onAbort, { once: true });
    if (signal?.aborted === true) this.onAbort();
  }

  run(commands: readonly string[]): Promise<readonly string[]> {
    for (const command of commands) refuseInjection(command);
    if (this.failure) return Promise.reject(this.failure);
    if (commands.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.waiting = { count: commands.length, resolve, reject };
      this.connection.write(`${commands.join('\n')}\n`);
    });
  }

  close(): void {
    clearTimeout(this.limit);
    this.signal?.removeEventListener('abort', this.onAbort);
    this.connection.destroy();
  }

  private hear(chunk: string): void {
    this.text += chunk;
    if (!this.text.endsWith(prompt)) return;
    const answers = this.text.split(prompt).slice(0, -1);
    // The first answer is that of `prompt` itself.
    const own = this.greeted ? answers : answers.slice(1);
    const { waiting } = this;
    if (waiting === null || own.length < waiting.count) return;
    this.greeted = true;
    this.text = '';
    this.waiting = null;
    waiting.resolve(own.map((answer) => answer.trim()));
  }

  private fail(why: string, cause?: unknown): void {
    this.failure ??= unavailable(this.name, why, cause);
    this.waiting?.reject(this.failure);
    this.waiting = null;
    this.connection.destroy();
  }
}

function addressOf(socket: string): NetConnectOpts {
  const tcp = /^(?:\[(?<ipv6>[^\]]+)\]|(?<host>[^/:]+)):(?<port>\d+)$/.exec(socket)?.groups;
  return tcp ? { host: tcp.ipv6 ?? tcp.host ?? '', port: Number(tcp.port) } : { path: socket };
}

/** One line is one command, and a semicolon would start another: neither may come from a name or a value. */
function refuseInjection(command: string): void {
  // The one escape is that of a space in a file name.
  if (!/\p{Cc}|;|\\(?! )|<</u.test(command)) return;
  throw new SluiceError('request-invalid', 'A name or value has characters that the data plane cannot take.');
}

function unavailable(socket: string, why: string, cause?: unknown): SluiceError {
  const what = `HAProxy's runtime socket ${socket} cannot be used: ${why}.`;
  return new SluiceError('traffic-unavailable', what, { cause });
}
