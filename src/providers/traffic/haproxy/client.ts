/** HAProxy's runtime socket: several commands over one connection, each with its answer, within a time limit. */
import { connect, type NetConnectOpts } from 'node:net';
import { messageOf, SluiceError } from '../../../domain/errors.ts';

export interface RuntimeClient {
  /** Sends the commands in order and returns their answers. Errors: `traffic-unavailable`. */
  run(commands: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
}

const prompt = '\n> ';

/** HAProxy serves ten connections to its socket at a time unless told otherwise; two are left for people. */
const maxConversations = 8;

export function createRuntimeClient(socket: string, timeoutMs: number): RuntimeClient {
  const address = addressOf(socket);
  const turns = new Turns(maxConversations);
  return {
    run: async (commands, signal) => {
      for (const command of commands) refuseInjection(command);
      // Waiting for a turn does not count against HAProxy's time.
      const text = await turns.take(() => talk(address, commands, timeoutMs, signal));
      const answers = text.split(prompt);
      // The first answer is that of `prompt` itself.
      const own = answers.slice(1, commands.length + 1).map((answer) => answer.trim());
      if (own.length === commands.length) return own;
      throw unavailable(socket, 'it broke the connection before it had answered every command');
    },
  };

  function talk(
    to: NetConnectOpts,
    commands: readonly string[],
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const limit = AbortSignal.timeout(limitMs);
      const connection = connect({ ...to, signal: signal ? AbortSignal.any([signal, limit]) : limit });
      let text = '';
      connection.setEncoding('utf8');
      connection.on('data', (chunk) => {
        text += chunk;
      });
      connection.on('end', () => resolve(text));
      connection.on('error', (error) => {
        const why = limit.aborted ? `it did not answer within ${limitMs} ms` : messageOf(error);
        reject(unavailable(socket, why, error));
      });
      connection.write(`prompt\n${commands.join('\n')}\nquit\n`);
    });
  }
}

function addressOf(socket: string): NetConnectOpts {
  const tcp = /^(?<host>[^/]+):(?<port>\d+)$/.exec(socket)?.groups;
  return tcp ? { host: tcp.host ?? '', port: Number(tcp.port) } : { path: socket };
}

/** One line is one command, and a semicolon would start another: neither may come from a name or a value. */
function refuseInjection(command: string): void {
  if (!/[\r\n;\\]|<</.test(command)) return;
  throw new SluiceError('request-invalid', 'A name or value has characters that the data plane cannot take.');
}

function unavailable(socket: string, why: string, cause?: unknown): SluiceError {
  return new SluiceError(
    'traffic-unavailable',
    `HAProxy's runtime socket ${socket} cannot be used: ${why}.`,
    { cause },
  );
}

/** Lets at most `limit` pieces of work run at a time, first come, first served. */
class Turns {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.free = limit;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
