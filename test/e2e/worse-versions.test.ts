/** Versions that are a little worse, on the local stack as users run it: the judge finds them by what real requests meet. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { repoRoot } from '../../src/stack/tools.ts';
import { freePortBase } from '../support/free-ports.ts';
import { waitFor } from '../support/wait-for.ts';

const portBase = await freePortBase();
const api = `http://127.0.0.1:${portBase + 1}/v1/rollouts`;
let home: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sluice-worse-'));
  const call = `import { runStack } from '${join(repoRoot(), 'dist/stack/stack.js')}';
    process.exit(await runStack(${JSON.stringify({ portBase, root: repoRoot() })}));`;
  const stack = spawn(process.execPath, ['--input-type=module', '-e', call], {
    env: { ...process.env, SLUICE_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(stack, 'exit');
  stop = async () => {
    stack.kill('SIGTERM');
    await ended;
  };
  let text = '';
  stack.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await waitFor('the stack', () => text.includes('Everything stays up'), { timeoutMs: 90_000 });
}, 100_000);

afterAll(async () => {
  await stop();
  rmSync(home, { recursive: true, force: true });
});

async function statusOf(): Promise<RolloutStatus | null> {
  const answer = await fetch(`${api}/demo/shop`);
  return ((await answer.json()) as { status: RolloutStatus | null }).status;
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
    const status = await waitFor(
      'its end',
      async () => {
        const seen = await statusOf();
        return seen?.version === version && seen?.outcome ? seen : null;
      },
      { timeoutMs: 110_000, everyMs: 500 },
    );
    expect(status.outcome).toBe('rolled-back');
    expect(status.cause?.reason).toContain(check);
    expect(status.cause?.reason).toContain('it is worse than stable');
    expect(status.restoredAtMs).not.toBeNull();
  },
  120_000,
);
