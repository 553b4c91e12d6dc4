/** Visibility queries and digests. */
import { defaultPayloadConverter } from '@temporalio/client';
import { expect, test } from 'vitest';
import { digestOf } from '../../../src/api/temporal/start.ts';
import { filterOf, millisOf, summaryOf } from '../../../src/api/temporal/visibility.ts';
import { planOf } from './fakes.ts';

test('asks for rollouts and leaves out runs that only continued', () => {
  expect(filterOf({})).toBe('WorkflowType = "rollout" AND ExecutionStatus != "ContinuedAsNew"');
});

test('joins all filters', () => {
  const filter = filterOf({ environment: 'demo', version: 'v2', phase: 'soaking', running: 'false' });
  expect(filter).toContain('SluiceEnvironment = "demo" AND SluiceVersion = "v2" AND SluicePhase = "soaking"');
  expect(filter).toContain('AND CloseTime IS NOT NULL');
});

test('finds what begins as somebody has typed it: the target, the service or the version', () => {
  expect(filterOf({ search: 'demo/sh' })).toContain(
    'AND (WorkflowId STARTS_WITH "rollout/demo/sh" OR SluiceService STARTS_WITH "demo/sh" OR SluiceVersion STARTS_WITH "demo/sh")',
  );
});

test('reads a summary from what visibility knows', () => {
  const indexedFields = Object.fromEntries(
    Object.entries({ SluiceVersion: 'v2', SluicePhase: 'soaking', SluiceStage: 1 }).map(([key, value]) => [
      key,
      defaultPayloadConverter.toPayload(value),
    ]),
  );
  const summary = summaryOf({
    execution: { workflowId: 'rollout/demo/shop', runId: 'r1' },
    status: 1,
    searchAttributes: { indexedFields },
  } as Parameters<typeof summaryOf>[0]);
  expect(summary).toMatchObject({
    target: 'demo/shop',
    version: 'v2',
    phase: 'soaking',
    stage: 1,
    outcome: null,
    temporalStatus: 'RUNNING',
    endedAtMs: null,
  });
});

test('reads timestamps to the millisecond', () => {
  expect(millisOf({ seconds: 5, nanos: 250_999_999 })).toBe(5250);
  expect(millisOf(null)).toBe(0);
});

test('plans that mean the same have the same digest', () => {
  const plan = planOf();
  const turned = Object.fromEntries(Object.entries(plan).reverse()) as unknown as typeof plan;
  expect(digestOf(turned)).toBe(digestOf(plan));
  expect(digestOf(planOf({ version: 'v3' }))).not.toBe(digestOf(plan));
});
