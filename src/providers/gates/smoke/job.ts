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
import { namespaceName, objectName } from '../../kube/settings.ts';
import type { KubeObject, KubeRef } from '../../kube/types.ts';
import { subjectOf } from '../reports/source.ts';
import type { Test, TestResult } from './types.ts';

const pollMs = 1_000;
/** The controller needs a moment to see that a Job's time is over. */
const lateMs = 60_000;
const logBytes = 256 * 1024;

const words = z.array(z.string().max(1_000)).max(100);

export const jobSchema = z.strictObject({
  namespace: namespaceName.optional().describe("Default: that of the gate's cluster."),
  image: z.string().min(1).max(500).describe('Must run as another user than root.'),
  command: words.optional(),
  args: words.optional(),
  environment: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().max(1_000)).default({}),
  secrets: z
    .array(objectName)
    .max(10)
    .default([])
    .describe('Secrets of the namespace whose keys become variables; Sluice itself does not read them.'),
  serviceAccount: objectName.optional().describe('Default: none of its token is there.'),
  timeoutMs: z.int().min(1_000).max(3_600_000).default(600_000).describe('Then it is ended, milliseconds.'),
});

type Settings = z.output<typeof jobSchema>;

export const jobRights: Rights = {
  worker: [
    ...rightTo(['create', 'get', 'delete'], [jobKind], 'target namespace'),
    ...rightTo(['list'], [pod], 'target namespace'),
    ...rightTo(['get'], [pod], 'target namespace', 'log'),
  ],
};

export function jobTest(known: Settings, client: KubeClient, test: string): Test {
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
    const own = new Set<string>();
    const wanted = { id: question.id, test, spec, timeoutMs: known.timeoutMs, own };
    try {
      return await run(client, ref, wanted, signal);
    } catch (error) {
      if (signal.aborted) return { answer: 'hold', said: 'nobody waits for it any more', report: null };
      const final = isProblem(error, 'forbidden', 'invalid');
      const advice = final
        ? 'correct its settings or its rights (`sluice rbac`)'
        : 'see that the cluster answers';
      return { answer: final ? 'refuse' : 'hold', said: `${messageOf(error)}; ${advice}`, report: null };
    } finally {
      // By then another look may have made one of the same name, which is not this one's to take away.
      for (const uid of own) await client.delete(ref, undefined, { uid }).catch(() => {});
    }
  };
}

interface Wanted {
  readonly id: string;
  readonly test: string;
  readonly spec: object;
  readonly timeoutMs: number;
  /** Uids of the Jobs that were seen. */
  readonly own: Set<string>;
}

async function run(
  client: KubeClient,
  ref: KubeRef,
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
      : await begun(client, ref, object, signal);
    if (made && found === null) return ended('refuse', 'somebody has deleted its Job; start again', null);
    made ||= found !== null;
    if (found !== null && found !== 'unseen' && found.metadata.uid !== undefined)
      wanted.own.add(found.metadata.uid);
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

/** Null: one that is on its way out has the name; it is made when that one is gone. */
async function begun(
  client: KubeClient,
  ref: KubeRef,
  object: object,
  signal: AbortSignal,
): Promise<KubeObject | null> {
  try {
    return await client.create(ref, object, signal);
  } catch (error) {
    if (!isProblem(error, 'exists')) throw error;
    const found = await client.find(ref, signal);
    return found?.metadata.deletionTimestamp === undefined ? found : null;
  }
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

/** Of the restricted Pod Security level, tried once, and gone an hour after its end if nobody takes it away. */
function specOf({ image, command, args, environment, ...known }: Settings): object {
  const container = {
    name: 'smoke',
    image,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    env: Object.entries(environment).map(([name, value]) => ({ name, value })),
    envFrom: known.secrets.map((name) => ({ secretRef: { name } })),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  const account = known.serviceAccount;
  const spec = {
    restartPolicy: 'Never',
    automountServiceAccountToken: account !== undefined,
    ...(account === undefined ? {} : { serviceAccountName: account }),
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
  };
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: Math.ceil(known.timeoutMs / 1_000),
    ttlSecondsAfterFinished: 3_600,
    template: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'sluice' } }, spec },
  };
}
