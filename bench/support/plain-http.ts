/**
 * Requests over plain sockets that are kept, since in a storm of requests Node's own client would take as much of the
 * machine as what is measured.
 */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Null: it has no such header. */
  header(name: string): string | null;
  readonly body: string;
}

interface Sent {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const idle: Socket[] = [];

/**
 * Rejects when the connection ends before the answer has. Understands answers with a `Content-Length`, as those of the
 * API.
 */
export async function request(
  method: 'GET' | 'POST',
  url: string,
  { body, headers = {} }: Sent = {},
): Promise<Answer> {
  const { host, hostname, port, pathname, search } = new URL(url);
  const socket = idle.pop() ?? open(Number(port), hostname);
  const text = body === undefined ? '' : JSON.stringify(body);
  const ofBody =
    body === undefined
      ? []
      : ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`];
  const head = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `host: ${host}`,
    ...ofBody,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
  const answer = answerOf(await textFrom(socket));
  idle.push(socket);
  return answer;
}

function open(port: number, host: string): Socket {
  const socket = connect(port, host).setNoDelay();
  // Whoever waits for an answer hears of its end; an idle one is only forgotten.
  return socket
    .on('error', () => {})
    .once('close', () => {
      const at = idle.indexOf(socket);
      if (at >= 0) idle.splice(at, 1);
    });
}

function textFrom(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let missing: number | null = null;
    const hear = (part: Buffer) => {
      parts.push(part);
      missing = missing === null ? missingOf(Buffer.concat(parts)) : missing - part.length;
      if (missing === null || missing > 0) return;
      socket.off('data', hear).off('close', fail).off('error', fail);
      resolve(Buffer.concat(parts).toString());
    };
    const fail = () =>
      reject(new Error(`the connection ended after ${JSON.stringify(Buffer.concat(parts).toString())}`));
    socket.on('data', hear).once('close', fail).once('error', fail);
  });
}

/** Bytes of the answer that are still to come; null: not even its head is there. */
function missingOf(bytes: Buffer): number | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.subarray(0, end + 2).toString())?.[1] ?? '0';
  return end + 4 + Number(length) - bytes.length;
}

function answerOf(text: string): Answer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return {
    status: Number(first.split(' ')[1]),
    header: (name) => headers.get(name) ?? null,
    body: text.slice(end + 4),
  };
}
