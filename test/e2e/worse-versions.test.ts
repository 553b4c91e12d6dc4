/**
 * Versions that are a little worse, on the local stack as users run it: the judge finds them by what real requests
 * meet.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { repoRoot } from '../../src/stack/tools.ts';
import { freePortBase } from '../support/free-ports.ts';
import { killAll, ready, supervised, type Up } from '../support/up.ts';
import { waitFor } from '../support/wait-for.ts';

const portBase = await freePortBase();
const api = `http://127.0.0.1:${portBase + 1}/v1/rollouts`;
let home: string;
let stack: Up;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sluice-worse-'));
  stack = await ready(supervised(home, portBase));
}, 180_000);

afterAll(async () => {
  stack?.child.kill('SIGTERM');
  await stack?.ended;
  await killAll(home);
  rmSync(home, { recursive: true, force: true });
});

/** Of the latest rollout, once it is over in Temporal too and the next one may begin. */
async function endOf(version: string | undefined): Promise<RolloutStatus | null> {
  const answer = await fetch(`${api}/demo/shop`);
  const { status, temporalStatus } = (await answer.json()) as {
    status: RolloutStatus | null;
    temporalStatus: string;
  };
  return status?.version === version && temporalStatus !== 'RUNNING' ? status : null;
}

it.each([
  { example: 'shop-few-errors', worse: 'v4 with 1 % errors', check: 'success rate' },
  { example: 'shop-slow', worse: 'v5, half as slow again', check: 'latency p95' },
])(
  'takes $worse back',
  async ({ example, check }) => {
    const plan = readFileSync(join(repoRoot(), 'examples', `${example}.yaml`), 'utf8');
    const headers = { 'content-type': 'application/yaml' };
    const answer = await fetch(api, { method: 'POST', headers, body: plan });
    expect(answer.status, await answer.text()).toBe(201);
    const version = /^version: (\S+)$/m.exec(plan)?.[1];
    const status = await waitFor('its end', () => endOf(version), { timeoutMs: 250_000, everyMs: 500 });
    expect(status.outcome).toBe('rolled-back');
    expect(status.cause?.reason).toContain(check);
    expect(status.cause?.reason).toContain('it is worse than stable');
    expect(status.restoredAtMs).not.toBeNull();
  },
  300_000,
);
