/** A Temporal client as far as the API uses it: rollouts that are there, and calls that may hang or fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { type Client, WorkflowNotFoundError, type WorkflowStartOptions } from '@temporalio/client';
import {
  defaultPayloadConverter,
  type Payload,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import protos from '@temporalio/proto';
import { requestMemo } from '../../../src/domain/emergency/types.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { sealedEncoding } from '../../../src/domain/sealed-encoding.ts';

export interface FakeRollout {
  readonly phase?: string;
  readonly version?: string;
  readonly outcome?: string;
  /** Default: named after the workflow. */
  readonly runId?: string;
  /** Of the run that it goes on from, whose history had grown long. Default: it has gone on from none. */
  readonly firstRunId?: string;
  /** The run that goes on from it. Default: none does. */
  readonly continuedAs?: string;
  /** Earlier runs of the same id. */
  readonly earlier?: Readonly<Record<string, FakeRollout>>;
  /** As Temporal numbers it; 1: running. */
  readonly status?: number;
  /** Default: very long ago. */
  readonly startedAtMs?: number;
  /** Null: started by something that keeps no memo. */
  readonly traffic?: { readonly name: string; readonly options: object } | null;
  /** What its memo has of the request that started it. */
  readonly start?: { readonly idempotencyKey: string; readonly planDigest: string };
  /** What its rollback left. */
  readonly cooldown?: { readonly untilMs: number; readonly automatic: boolean };
  /** What its `status` query answers, each time anew. */
  readonly account?: () => unknown;
  /** Its history, whose length the description tells. */
  readonly events?: () => readonly object[];
  /** What is under way, with its last heartbeat. */
  readonly pending?: () => readonly object[];
  /** Its workflow task under way. */
  readonly task?: () => object;
  /** It is an emergency, named `emergency/<id>`, that was opened with this. */
  readonly order?: object;
  /** The request that opened that emergency. */
  readonly request?: string;
  /** Nothing that its memo or its history holds can be read: as of one that was sealed with another key. */
  readonly sealed?: boolean;
}

type Call = 'describe' | 'update' | 'signal' | 'query' | 'list' | 'history' | 'start';

export interface FakeTemporal {
  readonly client: Client;
  readonly told: {
    readonly how: 'update' | 'signal';
    readonly id: string;
    /** Undefined: whichever run is there. */
    readonly runId: string | undefined;
    readonly payload: unknown;
  }[];
  readonly started: { readonly type: string; readonly options: WorkflowStartOptions }[];
  /** Every call, in order. */
  readonly asked: Call[];
  /** `hang`: the call is answered only by its deadline. `slow`: after 400 ms. `lag`: a list knows nothing yet. */
  readonly behaviour: Map<Call, 'hang' | 'slow' | 'lag' | Error>;
}

interface SignalRequest {
  readonly workflowExecution: { readonly workflowId: string; readonly runId?: string };
  readonly input: { readonly payloads: readonly [Payload] };
  readonly requestId: string;
}

interface HistoryRequest {
  readonly execution: { readonly workflowId: string; readonly runId?: string };
  /** Only what closed the run. */
  readonly historyEventFilterType?: number;
}

const running = 1;

export function fakeTemporal(rollouts: Readonly<Record<string, FakeRollout>>): FakeTemporal {
  const told: FakeTemporal['told'] = [];
  const started: FakeTemporal['started'] = [];
  const asked: Call[] = [];
  const taken = new Set<string>();
  const behaviour: FakeTemporal['behaviour'] = new Map();
  const guarded = async <T>(call: Call, answer: () => T): Promise<T> => {
    asked.push(call);
    const fault = behaviour.get(call);
    if (fault instanceof Error) throw fault;
    if (fault === 'hang') await new Promise<never>(() => {});
    if (fault === 'slow') await sleep(400);
    return answer();
  };
  const startsOf = (id: string) => started.filter(({ options }) => options.workflowId === id);
  const isStarted = (id: string) => startsOf(id).length > 0;
  const memoOf = (id: string) => {
    const memo = Object.entries(startsOf(id).at(-1)?.options.memo ?? {});
    return Object.fromEntries(memo.map(([key, value]) => [key, defaultPayloadConverter.toPayload(value)]));
  };
  const known = (id: string): FakeRollout => {
    const rollout = rollouts[id.replace('rollout/', '')];
    if (!rollout) throw new WorkflowNotFoundError('not found', id, undefined);
    return rollout;
  };
  const knownRun = (id: string, runId?: string): FakeRollout => {
    const rollout = known(id);
    return (runId === undefined ? undefined : rollout.earlier?.[runId]) ?? rollout;
  };
  const live = (id: string, runId?: string): FakeRollout => {
    const rollout = known(id);
    const isOther = runId !== undefined && runId !== (rollout.runId ?? `run-of-${id}`);
    if (isOther || (rollout.status ?? running) !== running)
      throw new WorkflowNotFoundError('completed', id, undefined);
    return rollout;
  };
  const handleOf = (id: string, runId?: string) => ({
    workflowId: id,
    describe: () =>
      guarded('describe', () => {
        const rollout = knownRun(id, runId);
        if (rollout.sealed) throw keyMissing;
        const name = (rollout.status ?? running) === running ? 'RUNNING' : 'CLOSED';
        const historyLength = rollout.events?.().length;
        const workflowExecutionInfo = { ...infoOf(id, rollout), historyLength };
        const [pendingActivities, pendingWorkflowTask] = [rollout.pending?.(), rollout.task?.()];
        return {
          status: { name },
          runId: workflowExecutionInfo.execution.runId,
          raw: { workflowExecutionInfo, pendingActivities, pendingWorkflowTask },
        };
      }),
    executeUpdate: (_: string, { args }: { args: unknown[] }) =>
      guarded('update', () => {
        live(id, runId);
        told.push({ how: 'update', id, runId, payload: args[0] });
        return {};
      }),
    query: () => guarded('query', () => known(id).account?.()),
    /** Comes when the run has ended, which none of these does. */
    result: () => new Promise<never>(() => {}),
    fetchHistory: () => guarded('history', () => ({ events: known(id).events?.() })),
    signal: (_: string, payload: unknown) =>
      guarded('signal', () => {
        live(id, runId);
        told.push({ how: 'signal', id, runId, payload });
      }),
  });
  const client = {
    options: {
      namespace: 'default',
      loadedDataConverter: { payloadConverter: defaultPayloadConverter, payloadCodecs: [] },
    },
    withDeadline: (deadlineMs: number, call: () => Promise<unknown>) => beforeDeadline(deadlineMs, call),
    workflow: {
      getHandle: handleOf,
      start: (type: string, options: WorkflowStartOptions) =>
        guarded('start', () => {
          const { workflowId } = options;
          const isAgain = options.workflowIdReusePolicy === 'REJECT_DUPLICATE' && isStarted(workflowId);
          if (isAgain) throw new WorkflowExecutionAlreadyStartedError('it was', workflowId, type);
          const there = rollouts[workflowId.replace('rollout/', '')];
          if (there !== undefined && (there.status ?? running) === running) {
            throw new WorkflowExecutionAlreadyStartedError('it runs', workflowId, type);
          }
          started.push({ type, options });
          return { workflowId, firstExecutionRunId: `run-of-${workflowId}` };
        }),
    },
    workflowService: {
      listWorkflowExecutions: ({ query }: { query: string }) =>
        guarded('list', () => ({
          executions: Object.entries(rollouts)
            .filter(
              ([, { status = running, outcome }]) =>
                status === running ||
                query.includes('STARTS_WITH') ||
                (outcome !== undefined && query.includes(`SluiceOutcome = "${outcome}"`)),
            )
            .filter(([target]) => behaviour.get('list') !== 'lag' && isAskedFor(query, target))
            .filter(([, { order }]) => (order !== undefined) === query.includes('"emergency"'))
            .map(([target, rollout]) => infoOf(rollout.order ? target : `rollout/${target}`, rollout)),
        })),
      describeWorkflowExecution: ({ execution }: { execution: { workflowId: string; runId?: string } }) =>
        guarded('describe', () => {
          const { workflowId, runId } = execution;
          const isNew = isStarted(workflowId);
          const rollout = rollouts[workflowId.replace('rollout/', '')] ?? (isNew ? {} : undefined);
          const own = rollout?.runId ?? `run-of-${workflowId}`;
          const found = runId === undefined || runId === own ? rollout : rollout?.earlier?.[runId];
          if (!found) throw grpcNotFound;
          const info = infoOf(workflowId, found);
          const memo = isNew ? { fields: { ...info.memo.fields, ...memoOf(workflowId) } } : info.memo;
          return { workflowExecutionInfo: { ...info, memo } };
        }),
      signalWorkflowExecution: ({ workflowExecution, input, requestId }: SignalRequest) =>
        guarded('signal', () => {
          const { workflowId: id, runId } = workflowExecution;
          live(id, runId);
          if (taken.has(`${id} ${requestId}`)) return;
          taken.add(`${id} ${requestId}`);
          const payload = defaultPayloadConverter.fromPayload(input.payloads[0]);
          told.push({ how: 'signal', id, runId, payload });
        }),
      getWorkflowExecutionHistory: ({ execution, historyEventFilterType }: HistoryRequest) =>
        guarded('history', () => {
          const { workflowId, runId } = execution;
          if (known(workflowId).sealed) throw keyMissing;
          const newExecutionRunId = knownRun(workflowId, runId).continuedAs;
          if (historyEventFilterType !== undefined && newExecutionRunId !== undefined) {
            const closing = { workflowExecutionContinuedAsNewEventAttributes: { newExecutionRunId } };
            return { history: { events: [closing] } };
          }
          const plan = { traffic: { name: 'a', options: {} } };
          const payloads = [defaultPayloadConverter.toPayload({ plan })];
          return {
            history: { events: [{ workflowExecutionStartedEventAttributes: { input: { payloads } } }] },
          };
        }),
    },
  };
  return { client: client as unknown as Client, told, started, asked, behaviour };
}

/** What a list of all that runs asks: for what is paused, what runs, and what is paused by then. */
export const wholeList: readonly Call[] = ['list', 'list', 'list'];

/** So many lists know nothing yet. */
export function catchUpAfter({ behaviour, client: { workflowService } }: FakeTemporal, lists: number): void {
  behaviour.set('list', 'lag');
  const { listWorkflowExecutions } = workflowService;
  let left = lists;
  const list = async (request: Parameters<typeof listWorkflowExecutions>[0]) => {
    const answer = await listWorkflowExecutions(request);
    left -= 1;
    if (left === 0) behaviour.delete('list');
    return answer;
  };
  Object.assign(workflowService, { listWorkflowExecutions: list });
}

/** As far as the query asks for targets and services by their beginnings. */
function isAskedFor(query: string, target: string): boolean {
  const [, service = ''] = target.split('/');
  const conditions = [
    ...query.matchAll(/(WorkflowId|SluiceService) (=|STARTS_WITH) "(?:rollout\/)?([^"]*)"/g),
  ];
  const isMet = ([, key, how, value = '']: RegExpExecArray) => {
    const own = key === 'WorkflowId' ? target : service;
    return how === '=' ? own === value : own.startsWith(value);
  };
  return query.includes(' OR Sluice') ? conditions.some(isMet) : conditions.every(isMet);
}

export const grpcUnavailable = Object.assign(new Error('14 UNAVAILABLE: no connection'), {
  code: 14,
  details: 'no connection',
  metadata: {},
});

/** As Temporal's server answers: the code of a missing workflow, and in the details what is missing. */
export const grpcNoNamespace = Object.assign(new Error('5 NOT_FOUND: Namespace default is not found.'), {
  code: 5,
  details: 'Namespace default is not found.',
  metadata: new Metadata(),
});
grpcNoNamespace.metadata.set(
  'grpc-status-details-bin',
  Buffer.from(
    protos.google.rpc.Status.encode({
      code: 5,
      details: [{ type_url: 'type.googleapis.com/temporal.api.errordetails.v1.NamespaceNotFoundFailure' }],
    }).finish(),
  ),
);

const grpcNotFound = Object.assign(new Error('5 NOT_FOUND: workflow not found'), {
  code: 5,
  details: 'workflow not found',
  metadata: new Metadata(),
});

export const keyMissing = new SluiceError('payload-key-missing', 'A payload is encrypted with a lost key.');

const deadlineExceeded = 4;

function beforeDeadline(deadlineMs: number, call: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = Object.assign(new Error('4 DEADLINE_EXCEEDED'), {
      code: deadlineExceeded,
      details: 'deadline exceeded',
      metadata: {},
    });
    const timer = setTimeout(() => reject(late), deadlineMs - Date.now());
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function infoOf(
  workflowId: string,
  {
    phase = 'soaking',
    outcome,
    version,
    status = running,
    traffic,
    order,
    request,
    start,
    cooldown,
    runId,
    firstRunId,
    sealed,
    startedAtMs = 1_000,
  }: FakeRollout,
) {
  const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);
  const inMemo = (value: unknown) =>
    sealed ? { metadata: { encoding: Buffer.from(sealedEncoding) }, data: Buffer.from('?') } : payload(value);
  const memo = {
    ...(traffic === null ? {} : { traffic: inMemo(traffic ?? { name: 'a', options: {} }) }),
    ...(order ? { order: inMemo(order) } : {}),
    ...(request ? { [requestMemo]: inMemo(request) } : {}),
    ...Object.fromEntries(Object.entries(start ?? {}).map(([key, value]) => [key, inMemo(value)])),
    ...(cooldown ? { cooldown: inMemo(cooldown) } : {}),
  };
  return {
    execution: { workflowId, runId: runId ?? `run-of-${workflowId}` },
    firstRunId,
    status,
    startTime: { seconds: Math.floor(startedAtMs / 1_000) },
    memo: { fields: memo },
    searchAttributes: {
      indexedFields: {
        SluicePhase: payload(phase),
        ...(outcome === undefined ? {} : { SluiceOutcome: payload(outcome) }),
        ...(version === undefined ? {} : { SluiceVersion: payload(version) }),
      },
    },
  };
}
