/** Starts through the API, each of a target of its own, and what Temporal has of them. */
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { workflowIdOf } from '../../src/domain/plan/types.ts';
import { workflowType } from '../../src/domain/rollout/names.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type Answer, request } from './plain-http.ts';

export interface Outcome {
  /** Of the start, and the name of its service. */
  readonly key: string;
  /** 0: no answer came. */
  readonly status: number;
  readonly tookMs: number;
  /** Null: none was started. */
  readonly runId: string | null;
  /** Null: it was not told to come again. */
  readonly retryAfterSeconds: number | null;
  readonly body: string;
}

const environment = 'flood';
const startedSchema = z.object({ runId: z.string() });

/** Whether a rollout runs of which this was answered. */
export function began(status: number): boolean {
  return status === 200 || status === 201;
}

export async function start(apiUrl: string, key: string): Promise<Outcome> {
  const sentMs = performance.now();
  const answer = await request('POST', `${apiUrl}/v1/rollouts`, {
    headers: { 'idempotency-key': key },
    body: { plan: planOf(key), actor: 'bench', reason: 'bench' },
  }).catch(failed);
  const { status, body } = answer;
  const retryAfter = answer.header('retry-after');
  return {
    key,
    status,
    tookMs: performance.now() - sentMs,
    runId: began(status) ? startedSchema.parse(JSON.parse(body)).runId : null,
    retryAfterSeconds: status === 429 && retryAfter !== null ? Number(retryAfter) : null,
    body,
  };
}

function failed(error: unknown): Answer {
  return { status: 0, header: () => null, body: String(error) };
}

/** One that goes on for longer than anybody measures. */
function planOf(service: string) {
  return {
    service,
    environment,
    version: 'v2',
    traffic: 'memory',
    metrics: 'memory',
    workload: 'external',
    stages: [{ weight: 10, soak: '1h' }],
    checks: ['success-rate'],
    analysis: { interval: '10m' },
  };
}

/**
 * The runs that Temporal has, by key, once as many targets are listed as are known to have begun; else as many as there
 * are.
 */
export async function runsByKey(
  client: Client,
  known: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  let runs = await listed(client);
  const all = async () => {
    runs = await listed(client);
    return runs.size >= known;
  };
  // The list lags behind.
  await waitFor('the list to know all', all, { timeoutMs: 60_000, everyMs: 1_000 }).catch(() => {});
  return runs;
}

async function listed(client: Client): Promise<Map<string, string[]>> {
  const prefix = workflowIdOf(`${environment}/`);
  const query = `WorkflowType = "${workflowType}" AND WorkflowId STARTS_WITH "${prefix}"`;
  const runs = new Map<string, string[]>();
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const key = workflowId.slice(prefix.length);
    runs.set(key, [...(runs.get(key) ?? []), runId]);
  }
  return runs;
}
