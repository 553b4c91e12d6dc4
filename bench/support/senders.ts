/** The ways to tell a rollout to go back, as the restore bench compares them. */
import { connect, type Socket } from 'node:net';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import type { BenchStack } from './bench-stack.ts';

/** Sends one rollback; resolves when the caller has its answer. */
export type Sender = (service: string) => Promise<unknown>;

export const ways = ['update', 'signal', 'express'] as const;
export type Way = (typeof ways)[number];

export function senderOf(way: Way, stack: BenchStack): Sender {
  const payload = { reason: 'bench', actor: 'bench' };
  switch (way) {
    case 'update':
      return (service) =>
        stack.handleOf(service).executeUpdate<RolloutStatus, [unknown]>('rollback', { args: [payload] });
    case 'signal':
      return (service) => stack.handleOf(service).signal('rollback', payload);
    case 'express':
      return (service) => post(`${stack.apiUrl}/v1/rollouts/bench/${service}/rollback`, payload);
  }
}

/** One request for all: `POST /v1/emergency-stop` with every target named. */
export async function stopInOne(stack: BenchStack, services: readonly string[]): Promise<unknown> {
  const targets = services.map((service) => `bench/${service}`);
  return await post(`${stack.apiUrl}/v1/emergency-stop`, {
    scope: { targets },
    reason: 'bench',
    actor: 'bench',
  });
}

const idle: Socket[] = [];

/**
 * Resolves with the answer; rejects when it is no success. Over plain sockets, since in a storm of requests Node's own
 * client would take as much of the machine as what is measured.
 */
export async function post(url: string, body: object): Promise<string> {
  const { host, hostname, port, pathname } = new URL(url);
  const socket = idle.pop() ?? open(Number(port), hostname);
  const text = JSON.stringify(body);
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
  const answer = await answerFrom(socket);
  idle.push(socket);
  const status = /^HTTP\/1\.1 (2\d\d) /.exec(answer);
  if (status === null) throw new Error(`${url} answered ${answer}`);
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

function answerFrom(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const hear = (chunk: Buffer) => {
      text += chunk.toString();
      if (!isWhole(text)) return;
      socket.off('data', hear).off('close', fail).off('error', fail);
      resolve(text);
    };
    const fail = () => reject(new Error(`the connection ended after ${JSON.stringify(text)}`));
    socket.on('data', hear).once('close', fail).once('error', fail);
  });
}

function isWhole(text: string): boolean {
  const [head = '', body] = text.split('\r\n\r\n');
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  return body !== undefined && Buffer.byteLength(body) >= Number(length);
}
