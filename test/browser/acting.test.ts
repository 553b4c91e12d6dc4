/** The dashboard as people use it, told in order on one stack: the demo's shop has one rollout at a time. */
import { afterAll, beforeAll, describe } from 'vitest';
import { Dashboard } from '../support/dashboard.ts';
import { acting } from './stories/acting.ts';
import { canaryStatus } from './stories/canary-status.ts';
import { everyPage } from './stories/every-page.ts';
import { rolloutList } from './stories/rollout-list.ts';

const startTimeoutMs = 240_000;
let dashboard: Dashboard | undefined;

beforeAll(async () => {
  dashboard = await Dashboard.start();
}, startTimeoutMs);
afterAll(() => dashboard?.stop());

function use(): Dashboard {
  if (dashboard === undefined) throw new Error('the stack has not been started');
  return dashboard;
}

describe('the list of rollouts', () => rolloutList(use));
describe('the page of a rollout', () => canaryStatus(use));
describe('acting', () => acting(use));
describe('every page', () => everyPage(use));
