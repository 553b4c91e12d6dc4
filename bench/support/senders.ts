/** The ways to tell a rollout to go back, as the restore bench compares them. */
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import type { BenchStack } from './bench-stack.ts';
import { request } from './plain-http.ts';

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

/** Resolves with the answer's body; rejects when it is no success. */
export async function post(url: string, body: object): Promise<string> {
  const answer = await request('POST', url, { body });
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`${url} answered ${answer.status} ${answer.body}`);
}
