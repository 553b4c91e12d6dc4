/**
 * What a rollout's bundle holds: its histories as they are, what they tell in files of their own, and gates' raw
 * reports.
 */
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { actionsOf } from '../audit/actions.ts';
import { deedsOf } from '../audit/activities.ts';
import { inputOf, planOf, resultOf, toldBefore } from '../audit/audit.ts';
import { maxRuns } from '../audit/chain.ts';
import { gateAnswersOf } from '../audit/gates.ts';
import { eventsOf, fieldOf, type RunHistory, textOf, timeOf } from '../audit/history.ts';
import { canonicalJson } from '../domain/evidence/canonical.ts';
import type { Manifest } from '../domain/evidence/types.ts';
import type { GateReport, ReportRef } from '../domain/gates/types.ts';
import { sha256Of } from './seal.ts';

/** A rollout that has ended, or one under way as far as it has come. */
export interface RolloutRecord {
  readonly environment: string;
  readonly service: string;
  readonly workflowId: string;
  /** The last one's. */
  readonly runId: string;
  readonly temporalStatus: string;
  /** Oldest first. */
  readonly runs: readonly RunHistory[];
}

interface ContentFile {
  readonly mediaType: string;
  readonly content: Buffer;
}

export interface Content {
  readonly files: ReadonlyMap<string, ContentFile>;
  readonly facts: Omit<Manifest, 'format' | 'collectedAtMs' | 'position' | 'previous' | 'files'>;
}

interface ContentOptions {
  /** Of all parts that took part, as far as they are known. */
  readonly versions: unknown;
  /** A raw report that a gate left; null: it is not there. */
  readonly report: (key: string) => Promise<Buffer | null>;
}

export async function contentOf(rollout: RolloutRecord, options: ContentOptions): Promise<Content> {
  const { environment, service, workflowId, runId, temporalStatus, runs } = rollout;
  const events = eventsOf(runs);
  const account = resultOf(runs);
  const plan = planOf(runs);
  const gates = answersIn(runs, account?.gates ?? []);
  const deeds = runs.map(({ history }) => deedsOf(history.events ?? []));
  const actions = actionsOf(events);
  const [first] = events;
  const last = events.at(-1);
  const facts = {
    target: `${environment}/${service}`,
    environment,
    service,
    version: textOf(plan?.version),
    workflowId,
    runId,
    runs: runs.map((run) => run.runId),
    outcome: account?.outcome ?? null,
    temporalStatus,
    startedAtMs: first ? timeOf(first) : 0,
    endedAtMs: last ? timeOf(last) : 0,
  };
  const raw = await rawReports(gates, options);
  const author = textOf(fieldOf(inputOf(runs), 'actor'));
  const files = new Map<string, ContentFile>([
    json('rollout.json', { ...facts, author, account }),
    json('plan.json', plan),
    json('gates.json', gates),
    json('approvals.json', {
      given: account?.approvals ?? [],
      commands: actions.filter(({ name }) => name === 'approve' || name === 'reject'),
    }),
    json('actions.json', actions),
    json(
      'verdicts.json',
      deeds.flatMap(({ watches }) => watches),
    ),
    json(
      'traffic.json',
      deeds.flatMap(({ writes }) => writes),
    ),
    json(
      'failures.json',
      deeds.flatMap(({ failures }) => failures),
    ),
    json('rollback.json', account?.rollback ?? null),
    json('timeline.json', account?.timeline ?? toldBefore(runs).timeline),
    json('versions.json', options.versions),
    ...runs.map((run, index) => json(historyPath(index, run.runId), JSON.parse(historyToJSON(run.history)))),
    ...raw.files,
  ]);
  return { files, facts: { ...facts, missing: [...missingRuns(runs), ...raw.missing] } };
}

export function historyPath(index: number, runId: string): string {
  return `history/${String(index + 1).padStart(2, '0')}-${runId}.json`;
}

function reportPath({ sha256 }: Pick<ReportRef, 'sha256'>): string {
  return `reports/${sha256}`;
}

function json(path: string, value: unknown): [string, ContentFile] {
  return [path, { mediaType: 'application/json', content: Buffer.from(canonicalJson(value)) }];
}

/** All that the workflow was told of, and the last word of each gate, which may have come by another way. */
function answersIn(runs: readonly RunHistory[], last: readonly GateReport[]): readonly GateReport[] {
  const told = runs.flatMap(({ history }) => gateAnswersOf(history.events ?? []));
  const byLook = new Map([...told, ...last].map((one) => [`${one.place}/${one.name}/${one.atMs}`, one]));
  return [...byLook.values()].sort((a, b) => a.atMs - b.atMs);
}

async function rawReports(
  gates: readonly GateReport[],
  { report }: ContentOptions,
): Promise<{ files: [string, ContentFile][]; missing: string[] }> {
  const files: [string, ContentFile][] = [];
  const missing: string[] = [];
  const refs = new Map(
    gates.flatMap(({ name, reports }) => reports.map((ref) => [ref.sha256, { gate: name, ref }] as const)),
  );
  for (const { gate, ref } of refs.values()) {
    const content = ref.key === null ? null : await report(ref.key);
    if (content === null)
      missing.push(`the report ${ref.name} of the gate ${gate} was not kept (sha256 ${ref.sha256})`);
    else if (sha256Of(content) !== ref.sha256)
      missing.push(
        `the report ${ref.name} of the gate ${gate} was damaged: its hash is not ${ref.sha256}, which the gate named`,
      );
    else files.push([reportPath(ref), { mediaType: ref.mediaType, content }]);
  }
  return { files, missing };
}

/** A rollout that continued as new, and of whose first runs Temporal knows nothing any more. */
function missingRuns(runs: readonly RunHistory[]): string[] {
  const started = runs[0]?.history.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (started?.continuedExecutionRunId && runs.length >= maxRuns)
    return [`of its runs the last ${maxRuns} are kept; what came before was not asked for`];
  return started?.continuedExecutionRunId
    ? [`the history of run ${started.continuedExecutionRunId} and those before is gone`]
    : [];
}
