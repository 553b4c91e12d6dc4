/** One connection to HAProxy's runtime socket in interactive mode: commands go in, their answers come back in order. */
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { messageOf, SluiceError } from '../../../domain/errors.ts';

interface Waiting {
  readonly count: number;
  resolve(answers: readonly string[]): void;
  reject(error: SluiceError): void;
}

/** In interactive mode each answer ends with this. */
const prompt = '\n> ';

export class Line {
  readonly openedMs = performance.now();
  failure: SluiceError | null = null;
  private readonly name: string;
  private readonly connection: Socket;
  private text = '';
  /** How many answers have come in whole, and how far they were looked for. */
  private whole = 0;
  private lookedAt = 0;
  private greeted = false;
  private waiting: Waiting | null = null;

  constructor(socket: string) {
    this.name = socket;
    this.connection = connect(addressOf(socket));
    this.connection.setEncoding('utf8');
    this.connection.on('data', (chunk: string) => this.hear(chunk));
    this.connection.on('error', (error) => this.fail(messageOf(error), error));
    this.connection.on('close', () => this.fail('it broke the connection before it had answered'));
    this.connection.write('prompt\n');
  }

  /** Commands of it have not been answered. */
  get busy(): boolean {
    return this.waiting !== null;
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

  /** Whatever waits for an answer gets `traffic-unavailable`. */
  fail(why: string, cause?: unknown): void {
    this.failure ??= unavailable(this.name, why, cause);
    this.waiting?.reject(this.failure);
    this.waiting = null;
    this.connection.destroy();
  }

  /** A line that nobody uses keeps no process alive. */
  rest(): void {
    this.connection.unref();
  }

  wake(): void {
    this.connection.ref();
  }

  private hear(chunk: string): void {
    this.text += chunk;
    for (let at = this.nextEnd(); at >= 0; at = this.nextEnd()) {
      this.whole += 1;
      this.lookedAt = at + prompt.length;
    }
    // The first answer is that of `prompt` itself.
    const { waiting } = this;
    const own = this.greeted ? this.whole : this.whole - 1;
    if (waiting === null || own < waiting.count || this.lookedAt < this.text.length) return;
    const answers = this.text.split(prompt).slice(this.greeted ? 0 : 1, -1);
    this.greeted = true;
    this.text = '';
    this.whole = 0;
    this.lookedAt = 0;
    this.waiting = null;
    waiting.resolve(answers.map((answer) => answer.trim()));
  }

  private nextEnd(): number {
    return this.text.indexOf(prompt, this.lookedAt);
  }
}

export function unavailable(socket: string, why: string, cause?: unknown): SluiceError {
  const what = `HAProxy's runtime socket ${socket} cannot be used: ${why}.`;
  return new SluiceError('traffic-unavailable', what, { cause });
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
