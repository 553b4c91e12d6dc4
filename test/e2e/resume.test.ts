/** What becomes of a rollout on the local stack when everything of it is killed at once and started again. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { repoRoot } from '../../src/stack/tools.ts';
import { freePortBase } from '../support/free-ports.ts';
import { killAll, processesOf, ready, type Up, up } from '../support/up.ts';
import { waitFor } from '../support/wait-for.ts';

const portBase = await freePortBase();
const api = `http://127.0.0.1:${portBase + 1}/v1/rollouts`;
/** Each look is a question to the workflow. */
const everyMs = 300;
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-resume-'));
});
afterAll(async () => {
  await killAll(home);
  rmSync(home, { recursive: true, force: true });
});

interface Seen {
  readonly status: {
    readonly version: string;
    readonly stage: number;
    readonly outcome: string | null;
  } | null;
  readonly evidence?: { readonly state: string };
}

async function rollout(): Promise<Seen> {
  const answer = await fetch(`${api}/demo/shop`);
  return (await answer.json()) as Seen;
}

function started(): Promise<Up> {
  return ready(up(home, '--port-base', String(portBase)));
}

it('resumes a rollout where it was after kill -9 of everything', async () => {
  const first = await started();
  const plan = readFileSync(join(repoRoot(), 'examples/shop-good.yaml'), 'utf8').replace(
    'version: v2',
    'version: v2.1',
  );
  const answer = await fetch(api, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml' },
    body: plan.replaceAll('soak: 20s', 'soak: 5s'),
  });
  expect(answer.status, await answer.text()).toBe(201);
  await waitFor('the second stage', async () => ((await rollout()).status?.stage ?? 0) >= 1, {
    timeoutMs: 120_000,
    everyMs,
  });
  await killAll(home);
  await first.ended;

  const second = await started();
  const resumed = await waitFor('the rollout', async () => (await rollout()).status, { everyMs });
  expect(resumed.version).toBe('v2.1');
  expect(resumed.stage).toBeGreaterThanOrEqual(1);
  const done = await waitFor(
    'its end',
    async () => {
      const { status } = await rollout();
      return status?.outcome ? status : null;
    },
    { timeoutMs: 180_000, everyMs },
  );
  expect(done.outcome).toBe('promoted');
  await waitFor('its evidence', async () => (await rollout()).evidence?.state === 'kept', {
    timeoutMs: 120_000,
    everyMs,
  });
  const verified = await fetch(`${api}/demo/shop/evidence/verification`);
  expect(await verified.json()).toMatchObject({ ok: true, problems: [], replay: { agreed: true } });
  second.child.kill('SIGINT');
  await second.ended;
  expect(processesOf(home)).toEqual([]);
}, 600_000);
