/** The few calls that the demo makes: rollouts over the API, and the load generator's books. */
import { z } from 'zod';
import {
  problemSchema,
  type RolloutView,
  rolloutViewSchema,
  type Started,
  startedSchema,
} from '../api/contract.ts';

const target = 'demo/shop';
const count = z.number();
const time = z.number().nullable();

const loadSchema = z.object({
  rate: count,
  requests: count,
  errors: count,
  networkFailures: count,
  versions: z.record(
    z.string(),
    z.object({
      requests: count,
      errors: count,
      lastSeenAtMs: count,
      firstErrorAtMs: time,
      lastErrorAtMs: time,
      recentSentAtMs: z.array(count),
    }),
  ),
  last5s: z.object({
    seconds: count,
    requests: count,
    errorPercent: count,
    versions: z.record(z.string(), z.object({ requests: count, errors: count })),
    latencyMs: z.object({ p50: count, p95: count, p99: count }),
  }),
});
export type LoadSeen = z.infer<typeof loadSchema>;

export interface DemoClient {
  start(plan: string): Promise<Started>;
  /** The latest rollout of the shop, or one run of it; null: there was none yet. */
  rollout(run?: string): Promise<RolloutView | null>;
  load(): Promise<LoadSeen>;
}

export function createDemoClient(apiUrl: string, loadUrl: string): DemoClient {
  return {
    async start(plan) {
      const body = { method: 'POST', headers: { 'content-type': 'application/yaml' }, body: plan };
      return startedSchema.parse(await ask(`${apiUrl}/v1/rollouts`, body));
    },
    async rollout(run) {
      const query = run === undefined ? '' : `?run=${run}`;
      const answer = await ask(`${apiUrl}/v1/rollouts/${target}${query}`, {}, 404);
      return answer === null ? null : rolloutViewSchema.parse(answer);
    },
    load: async () => loadSchema.parse(await ask(`${loadUrl}/stats`)),
  };
}

/** Null if the answer has the status that means "there is none". @throws Error in the words of the API. */
async function ask(url: string, init: RequestInit = {}, none?: number): Promise<unknown> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  if (answer.status === none) return null;
  const content: unknown = JSON.parse(text);
  if (answer.ok) return content;
  const problem = problemSchema.safeParse(content);
  throw new Error(problem.success ? `${problem.data.title}: ${problem.data.detail}` : `${url}: ${text}`);
}
