/** A smoke test that is a Kubernetes Job: made, watched until it has ended, its log kept, and taken away again. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf } from '../../../domain/errors.ts';
import { fillIn } from '../../../domain/gates/placeholders.ts';
import { type KubeClient, pathOf } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import { job as jobKind, pod } from '../../kube/kinds.ts';
import { type Rights, rightTo } from '../../kube/rights.ts';
import type { KubeObject, KubeRef } from '../../kube/types.ts';
import { subjectOf } from '../reports/source.ts';
import { JobClaim } from './job-claim.ts';
import { type JobSettings, specOf } from './job-spec.ts';
import type { Test, TestResult } from './types.ts';

const pollMs = 1_000;
/** The controller needs a moment to see that a Job's time is over. */
const lateMs = 60_000;
const logBytes = 256 * 1024;

export const jobRights: Rights = {
  worker: [
    ...rightTo(['create', 'get', 'patch', 'delete'], [jobKind], 'target namespace'),
    ...rightTo(['list'], [pod], 'target namespace'),
    ...rightTo(['get'], [pod], 'target namespace', 'log'),
  ],
};

export function jobTest(known: JobSettings, client: KubeClient, test: string): Test {
  return async (question, signal) => {
    const filled = fillIn(known, subjectOf(question));
    if ('unknown' in filled)
      return {
        answer: 'refuse',
        said: `nothing is known of ${filled.unknown.join(', ')}; name it in the plan`,
        report: null,
      };
    const spec = specOf(filled.value);
    // The same for every look of a rollout, so that a worker that took over finds what the one before has made.
    const name = `sluice-smoke-${createHash('sha256').update(`${question.id}/${test}`).digest('hex').slice(0, 20)}`;
    const ref = { kind: jobKind, namespace: known.namespace ?? client.connection.namespace, name };
    const claim = new JobClaim(client, ref);
    const wanted = { id: question.id, test, spec, timeoutMs: known.timeoutMs };
    try {
      return await run(client, ref, claim, wanted, signal);
    } catch (error) {
      if (signal.aborted) return { answer: 'hold', said: 'nobody waits for it any more', report: null };
      const final = isProblem(error, 'forbidden', 'invalid');
      const advice = final
        ? 'correct its settings or its rights (`sluice rbac`)'
        : 'see that the cluster answers';
      return { answer: final ? 'refuse' : 'hold', said: `${messageOf(error)}; ${advice}`, report: null };
    } finally {
      await claim.drop();
    }
  };
}

interface Wanted {
  readonly id: string;
  readonly test: string;
  readonly spec: object;
  readonly timeoutMs: number;
}

async function run(
  client: KubeClient,
  ref: KubeRef,
  claim: JobClaim,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<TestResult> {
  const labels = { 'app.kubernetes.io/managed-by': 'sluice' };
  const annotations = { 'sluice.dev/run': wanted.id, 'sluice.dev/test': wanted.test };
  const { name, namespace } = ref;
  const object = { metadata: { name, namespace, labels, annotations }, spec: wanted.spec };
  const lastMs = performance.now() + wanted.timeoutMs + lateMs;
  let made = false;
  while (performance.now() < lastMs) {
    const found: KubeObject | 'unseen' | null = made
      ? await seen(client, ref, signal)
      : await claim.take(object, signal);
    if (made && found === null) return ended('refuse', 'somebody has deleted its Job; start again', null);
    made ||= found !== null;
    const end = found === null || found === 'unseen' ? null : endOf(found);
    if (end !== null) {
      const log = await logOf(client, ref, signal);
      if (end.complete) return ended('open', 'its Job has completed', log);
      return ended(
        'refuse',
        `its Job failed (${end.why}); its log is in the report: mend it, and start again`,
        log,
      );
    }
    await sleep(pollMs, undefined, { signal });
  }
  return ended('refuse', 'its Job has not ended in its time; see its pod', await logOf(client, ref, signal));
}

function ended(answer: TestResult['answer'], said: string, log: string | null): TestResult {
  return {
    answer,
    said,
    report: log === null ? null : { name: 'log.txt', mediaType: 'text/plain', content: log },
  };
}

/** A Job goes on while the API server does not answer. Null: it is gone. */
async function seen(
  client: KubeClient,
  ref: KubeRef,
  signal: AbortSignal,
): Promise<KubeObject | 'unseen' | null> {
  return await client.find(ref, signal).catch((error: unknown) => {
    if (isProblem(error, 'unavailable') && !signal.aborted) return 'unseen';
    throw error;
  });
}

const status = z.object({
  conditions: z
    .array(
      z.object({
        type: z.string(),
        status: z.string(),
        reason: z.string().default(''),
        message: z.string().default(''),
      }),
    )
    .default([]),
});

/** Null: it still runs. */
function endOf(object: KubeObject): { readonly complete: boolean; readonly why: string } | null {
  const { conditions } = status.parse(object.status ?? {});
  const last = conditions.find(
    ({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'),
  );
  return last === undefined ? null : { complete: last.type === 'Complete', why: last.message || last.reason };
}

/** Null: there is none, or it may not be read; the result counts without it. */
async function logOf(
  client: KubeClient,
  { namespace = '', name }: KubeRef,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const { items } = await client.list(
      pod,
      { namespace, labelSelector: `batch.kubernetes.io/job-name=${name}` },
      signal,
    );
    const [last] = items;
    if (last === undefined) return null;
    const path = `${pathOf({ kind: pod, namespace, name: last.metadata.name })}/log?limitBytes=${logBytes}`;
    return await client.text(`read the log of ${last.metadata.name}`, path, signal);
  } catch {
    return null;
  }
}
