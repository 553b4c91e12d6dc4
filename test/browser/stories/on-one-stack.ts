/** A browser and a stack for the stories of one file, told in order: the demo's shop has one rollout at a time. */
import { afterAll, beforeAll } from 'vitest';
import { Dashboard } from '../../support/dashboard.ts';

const startTimeoutMs = 240_000;

/** What it answers is there once the file's stories begin. `more`: sections of the configuration. */
export function onOneStack(more: Readonly<Record<string, unknown>> = {}): () => Dashboard {
  let dashboard: Dashboard | undefined;
  beforeAll(async () => {
    dashboard = await Dashboard.start(more);
  }, startTimeoutMs);
  afterAll(() => dashboard?.stop());
  return () => {
    if (dashboard === undefined) throw new Error('the stack has not been started');
    return dashboard;
  };
}
