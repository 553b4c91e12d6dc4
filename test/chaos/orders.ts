/** Commands through the API while parts of the stack are down, and what the caller was told. */
import type { CommandAnswer } from '../../src/api/contract.ts';
import type { OrderName } from './schedule.ts';

export interface OrderRecord {
  readonly name: OrderName;
  readonly full: boolean;
  /** Unique, so that it can be found in the timeline. */
  readonly reason: string;
  readonly askedMs: number;
  readonly answeredMs: number;
  /**
   * `acknowledged`: the API said that it is accepted. `refused`: it said no, and meant the rollout's state. `failed`:
   * it said that something is out of order. `unheard`: no answer came, so it may have been carried out or not.
   */
  readonly result: 'acknowledged' | 'refused' | 'failed' | 'unheard';
  readonly detail: string;
  /** How an acknowledged one was taken; null: it was not. */
  readonly via: CommandAnswer['via'] | null;
  /** The API says that it has stopped the canary in the data plane itself. */
  readonly stopped: boolean;
}

const answerWithinMs = 10_000;

export async function give(
  apiUrl: string,
  { name, full, reason }: Pick<OrderRecord, 'name' | 'full' | 'reason'>,
): Promise<OrderRecord> {
  const askedMs = Date.now();
  const record = (result: OrderRecord['result'], detail: string, answer?: CommandAnswer): OrderRecord => ({
    ...{ name, full, reason, askedMs, answeredMs: Date.now(), result, detail },
    via: answer?.via ?? null,
    stopped: answer?.express?.written === true,
  });
  const acknowledged = (answer: CommandAnswer) => {
    const express = answer.express === undefined ? '' : `, express ${JSON.stringify(answer.express)}`;
    return record('acknowledged', `by ${answer.via}${express}`, answer);
  };
  try {
    const answer = await fetch(`${apiUrl}/v1/rollouts/demo/shop/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': reason },
      body: JSON.stringify({ actor: 'chaos', reason, ...(full ? { full } : {}) }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = await answer.text();
    if (answer.ok) return acknowledged(JSON.parse(text) as CommandAnswer);
    const result = answer.status === 409 ? 'refused' : 'failed';
    return record(result, `${answer.status} ${problemIn(text)}`);
  } catch (error) {
    return record('unheard', error instanceof Error ? error.message : String(error));
  }
}

function problemIn(text: string): string {
  try {
    const { code, detail } = JSON.parse(text) as { code?: string; detail?: string };
    return `${code}: ${detail}`;
  } catch {
    return text.slice(0, 200);
  }
}
