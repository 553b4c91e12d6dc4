/** The ways to tell a rollout to go back, as the restore bench compares them. */
import { Agent, request } from 'node:http';
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

const agent = new Agent({ keepAlive: true, maxSockets: 2048 });

/** Resolves with the answer; rejects when it is no success. */
export function post(url: string, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if ((response.statusCode ?? 500) < 300) resolve(text);
        else reject(new Error(`${url} answered ${response.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
