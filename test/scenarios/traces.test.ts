/** Traces from a request through the workflow to its activities, as a real OTLP receiver gets them. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, trace } from '@opentelemetry/api';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/api/app.ts';
import { noEvidence } from '../../src/api/evidence/none.ts';
import { createDataPlanes } from '../../src/api/express/data-planes.ts';
import { createNoticeService } from '../../src/api/notice-service.ts';
import { createTemporalService } from '../../src/api/temporal-service.ts';
import { approvalLinks } from '../../src/providers/approval-links.ts';
import { outgoing } from '../../src/providers/outgoing.ts';
import { namesTrace } from '../../src/telemetry/log.ts';
import { inSpan } from '../../src/telemetry/spans.ts';
import { tracedCalls } from '../../src/telemetry/temporal-calls.ts';
import { startTracing, type Tracing } from '../../src/telemetry/tracing.ts';
import { TracedWorkflows, untracedSinks } from '../../src/worker/traced-work.ts';
import { plainConfiguration } from '../support/configuration.ts';
import { exampleFindings } from '../support/findings.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { planFixture, stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';

const startTrace = 'a'.repeat(32);
const backTrace = 'b'.repeat(32);
const caller = '1234567890abcdef';
const secret = 'the-password-is-hunter2';

const lines: string[] = [];
const traced = new TracedWorkflows();
let receiver: OtlpReceiver;
let tracing: Tracing | null;
let env: RolloutEnv;
let app: FastifyInstance;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  tracing = await startTracing('sluice-test', { endpoint: receiver.url, share: 1 }, {});
  env = await RolloutEnv.create({ traced });
  app = await appOver(env);
});
afterAll(async () => {
  await app?.close();
  await env?.close();
  await receiver?.close();
  // Other files run in this process as well.
  for (const part of [trace, context, propagation]) part.disable();
});

function appOver({ temporal, traffic, metrics }: RolloutEnv): Promise<FastifyInstance> {
  const client = new Client({ connection: temporal.connection, interceptors: { workflow: [tracedCalls] } });
  const address = 'the test server';
  const plan = planFixture({ service: 'traced', stages: [stageFixture({ soakMs: 600_000 })] });
  const rollouts = createTemporalService({
    client,
    address,
    replay: async () => ({ ran: false, why: 'not asked for here' }),
    planes: createDataPlanes({ names: ['memory'], get: () => traffic }),
  });
  const deps = {
    rollouts,
    notices: createNoticeService({ client, address }),
    evidence: noEvidence,
    findings: exampleFindings,
    report: async () => 'no report',
    plans: {
      parse: () => ({ ok: true as const, plan, warnings: [] }),
      parseText: () => ({ ok: false as const, problems: [], warnings: [] }),
    },
    catalogue: () => ({}),
    codec: null,
    configuration: plainConfiguration,
    metrics: () => metrics,
    eventKeys: { secrets: async () => [], tokens: async () => [] },
    approvals: { links: approvalLinks({ secret: null }), url: null },
  };
  const logger = pino({ mixin: namesTrace }, { write: (line) => void lines.push(line) });
  return createApp(deps, { traced: true, logger });
}

function post(url: string, traceId: string, payload: object) {
  const headers = { 'content-type': 'application/json', traceparent: `00-${traceId}-${caller}-01` };
  return app.inject({ method: 'POST', url, headers, payload });
}

const namesIn = (traceId: string) =>
  receiver.spans.filter((span) => span.traceId === traceId).map(({ name }) => name);

describe('a rollout that is started and rolled back through the API', () => {
  const path = '/v1/rollouts/test/traced';
  const handle = () => env.client.workflow.getHandle('rollout/test/traced');

  beforeAll(async () => {
    expect((await post('/v1/rollouts', startTrace, { plan: {}, reason: secret })).statusCode).toBe(201);
    const soaking = async () => (await app.inject(path)).json().phase === 'soaking';
    await waitFor('the soak', soaking);
    expect((await post(`${path}/rollback`, backTrace, { reason: secret })).statusCode).toBeLessThan(300);
    await handle().result();
    await tracing?.close();
  });

  it('is one trace from the request to the activities', () => {
    expect(namesIn(startTrace)).toEqual(
      expect.arrayContaining([
        'POST /v1/rollouts',
        'start rollout',
        'workflow rollout start',
        'activity prepare',
        'activity shift',
        'activity watch',
      ]),
    );
    const spans = receiver.spans.filter(({ traceId }) => traceId === startTrace);
    const idOf = (name: string) => spans.find((span) => span.name === name)?.spanId;
    const parentOf = (name: string) => spans.find((span) => span.name === name)?.parentSpanId;
    expect(parentOf('POST /v1/rollouts')).toBe(caller);
    expect(parentOf('start rollout')).toBe(idOf('POST /v1/rollouts'));
    expect(parentOf('activity shift')).toBe(idOf('start rollout'));
  });

  it('goes back in the trace of the rollback, which is linked to that of the start', () => {
    expect(namesIn(backTrace)).toEqual(
      expect.arrayContaining([
        'POST /v1/rollouts/:environment/:service/:command',
        'workflow rollout rollback',
        'activity restore',
        'activity clean',
      ]),
    );
    expect(namesIn(startTrace)).not.toContain('activity restore');
    const restore = receiver.spans.find(({ name }) => name === 'activity restore');
    expect(restore?.links).toEqual([expect.objectContaining({ traceId: startTrace })]);
  });

  it('says in no span what people or providers said', () => {
    expect(receiver.services).toEqual(new Set(['sluice-test']));
    expect(receiver.text).not.toContain(secret);
    expect(receiver.text).not.toContain('success');
    expect(receiver.spans.flatMap(({ events }) => events)).toEqual([]);
  });

  it('names the trace in log lines, of its requests and of its story', () => {
    const told = lines.map((line): Record<string, unknown> => JSON.parse(line));
    const completed = told.filter(
      ({ msg, trace_id }) => msg === 'request completed' && trace_id === startTrace,
    );
    expect(completed).toHaveLength(1);
    expect(lines.some((line) => line.split('"trace_id"').length > 2)).toBe(false);
    expect(traced.idsOf('rollout/test/traced')).toEqual({ trace_id: backTrace });
    expect(traced.idsOf('rollout/test/other')).toEqual({});
  });

  it('has a history that replays where nobody traces', async () => {
    const options = { workflowBundle: workflowBundle(), sinks: { ...untracedSinks, audit: silent } };
    await expect(Worker.runReplayHistory(options, await handle().fetchHistory())).resolves.toBeUndefined();
  });
});

const silent = { record: { fn: () => {}, callDuringReplay: false } };

it('goes on at whatever is asked over HTTP, and is sent to nobody where nothing is traced', async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.traceparent as string | undefined);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const ask = () => outgoing(url, { maxBytes: 100 }, AbortSignal.timeout(5_000));
  await inSpan('test', { kind: 'internal', attributes: {} }, ask);
  await ask();
  server.close();
  expect(seen).toEqual([expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/), undefined]);
});
