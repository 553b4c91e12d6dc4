/**
 * Histories recorded by earlier code replay through today's workflow. A change that breaks one needs `patched`.
 * A new recording is made by deleting nothing and running with SLUICE_RECORD=1: it writes the files that are missing.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryNotifier } from '../../src/providers/notifiers/memory.ts';
import { untracedSinks } from '../../src/worker/traced-work.ts';
import { routeFixture } from '../support/notices.ts';
import { RolloutEnv } from '../support/rollout-env.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';
import { recordings } from './recordings.ts';

const folder = join(import.meta.dirname, 'histories');
const fileOf = (name: string) => join(folder, `${name}.json`);

if (process.env.SLUICE_RECORD) await record();

describe('recorded histories', () => {
  it('are there for every kind of rollout', () => {
    const kept = new Set(readdirSync(folder).map((file) => file.replace(/(@.*)?\.json$/, '')));
    expect([...kept].sort()).toEqual(Object.keys(recordings).sort());
  });

  it.each(readdirSync(folder))('%s replays through today’s workflow', async (file) => {
    const history: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    await expect(
      Worker.runReplayHistory({ workflowBundle: workflowBundle(), sinks: silent }, history),
    ).resolves.toBeUndefined();
  });

  it('would show a change: a history whose first activity has another name is refused', async () => {
    const text = readFileSync(fileOf('promoted'), 'utf8').replaceAll('"name":"prepare"', '"name":"other"');
    await expect(
      Worker.runReplayHistory({ workflowBundle: workflowBundle(), sinks: silent }, JSON.parse(text)),
    ).rejects.toThrow(/determinism/i);
  });
});

const silent = { ...untracedSinks, audit: { record: { fn: () => {}, callDuringReplay: false } } };

async function record(): Promise<void> {
  const missing = Object.entries(recordings).filter(([name]) => !existsSync(fileOf(name)));
  const notifiers = { team: createMemoryNotifier() };
  const env = await RolloutEnv.create({ notices: { routes: [routeFixture()], notifiers } });
  env.workload.broken.add('v-broken');
  await Promise.all(
    missing.map(async ([name, { plan, drive }]) => {
      const rollout = await env.start(plan);
      const driven = await drive(rollout, env);
      await rollout.ended();
      const { handle } = isHandled(driven) ? driven : rollout;
      const history = historyToJSON(await handle.fetchHistory());
      writeFileSync(
        fileOf(name),
        `${JSON.stringify(JSON.parse(history, withoutPlaces)).replaceAll(/\d+@[\w-]+/g, 'recorder')}\n`,
      );
    }),
  );
  await env.close();
}

function isHandled(driven: unknown): driven is { readonly handle: WorkflowHandle } {
  return typeof driven === 'object' && driven !== null && 'handle' in driven;
}

/** Stack traces (and process names, replaced above) say where a recording was made, which is nobody's business. */
function withoutPlaces(key: string, value: unknown): unknown {
  return key === 'stackTrace' ? undefined : value;
}

it('nothing is told between a decision to go back and the restore', () => {
  const { events } = historyOf('told-and-rolled-back.json');
  const decided = events.findIndex(
    (event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'rollback',
  );
  const asked = events.findIndex(
    (event) => event.activityTaskScheduledEventAttributes?.activityType.name === 'restore',
  );
  const restored = events.findIndex(
    (event) => event.activityTaskCompletedEventAttributes?.scheduledEventId === events[asked]?.eventId,
  );
  expect(decided).toBeGreaterThan(0);
  expect(restored).toBeGreaterThan(decided);
  const between = events.slice(decided, restored).map(({ eventType }) => eventType);
  expect(between).not.toContain('EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED');
  expect(events.slice(restored).map(({ eventType }) => eventType)).toContain(
    'EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
  );
});

const historySchema = z.object({
  events: z.array(
    z.object({
      eventId: z.string(),
      eventType: z.string(),
      workflowExecutionSignaledEventAttributes: z.object({ signalName: z.string() }).optional(),
      activityTaskScheduledEventAttributes: z
        .object({ activityType: z.object({ name: z.string() }) })
        .optional(),
      activityTaskCompletedEventAttributes: z.object({ scheduledEventId: z.string() }).optional(),
    }),
  ),
});

function historyOf(file: string): z.infer<typeof historySchema> {
  return historySchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
}
