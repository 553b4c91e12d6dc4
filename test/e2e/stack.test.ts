/**
 * The supervisor behind `sluice up` with every real part: it keeps them up, tolerates no second stack, and leaves
 * nothing.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { identityOf, isAlive, type ProcessIdentity } from '../../src/providers/workload/process-identity.ts';
import { locateTools, repoRoot } from '../../src/stack/tools.ts';
import { freePortBase } from '../support/free-ports.ts';
import { killAll, ready, supervised, type Up } from '../support/up.ts';
import { waitFor } from '../support/wait-for.ts';

const portBase = await freePortBase();
const shopUrl = `http://127.0.0.1:${portBase}/`;
let home: string;
const stacks: Up[] = [];

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-stack-'));
});
afterEach(async () => {
  for (const stack of stacks.splice(0)) {
    stack.child.kill('SIGTERM');
    await stack.ended;
  }
});
afterAll(async () => {
  await killAll(home);
  rmSync(home, { recursive: true, force: true });
});

/** Ended after each test, whatever has become of it. */
function started(root?: string): Up {
  const stack = supervised(home, portBase, root);
  stacks.push(stack);
  return stack;
}

const pidOf = (name: string) =>
  (
    JSON.parse(readFileSync(join(home, '.sluice/run/pids.json'), 'utf8')) as { name: string; pid: number }[]
  ).find((entry) => entry.name === name)?.pid ?? 0;
const parts = ['Temporal', 'HAProxy', 'Prometheus', 'load generator', 'API', 'worker'];
const everyPart = (): Promise<ProcessIdentity[]> => Promise.all(parts.map((name) => identityOf(pidOf(name))));
const versionServed = async () => {
  const answer = await fetch(shopUrl).catch(() => null);
  return answer?.headers.get('x-version') ?? null;
};

describe('the local stack', () => {
  it('starts again what is killed, refuses a second stack, and stops everything when told to', async () => {
    const stack = await ready(started());
    expect(await versionServed()).toBe('v1');
    expect(JSON.parse(readFileSync(join(home, '.sluice/run/stack.json'), 'utf8'))).toMatchObject({
      apiUrl: `http://127.0.0.1:${portBase + 1}`,
    });

    const second = started();
    expect(await second.ended).toBe(1);
    expect(second.text()).toMatch(/running in this folder already \(process \d+\)/);

    for (const name of ['HAProxy', 'Prometheus', 'worker']) {
      process.kill(pidOf(name), 'SIGKILL');
      const again = `${name} is ready`;
      await waitFor(again, () => stack.text().split(again).length === 3, { timeoutMs: 90_000 });
    }
    const shop = JSON.parse(readFileSync(join(home, '.sluice/data/slots/demo%2Fshop/blue.json'), 'utf8'));
    process.kill((shop as { pid: number }).pid, 'SIGKILL');
    await waitFor('the shop to serve again', async () => (await versionServed()) === 'v1');

    const running = await everyPart();
    stack.child.kill('SIGTERM');
    expect(await stack.ended, stack.text()).toBe(0);
    expect(await Promise.all(running.map(isAlive))).toEqual(parts.map(() => false));
    expect(await versionServed()).toBeNull();
    expect(existsSync(join(home, '.sluice/run/stack.json'))).toBe(false);
  }, 300_000);

  it('ends what a stack left that was killed itself, and says so', async () => {
    const first = await ready(started());
    const left = await everyPart();
    first.child.kill('SIGKILL');
    await first.ended;
    expect(await Promise.all(left.map(isAlive))).toEqual(parts.map(() => true));

    const second = await ready(started());
    for (const name of parts)
      expect(second.text()).toContain(`${name} (process ${left[parts.indexOf(name)]?.pid})`);
    expect(second.text()).toContain('Ended a version of the shop that an earlier stack had left');
    expect(await Promise.all(left.map(isAlive))).toEqual(parts.map(() => false));
    expect(await versionServed()).toBe('v1');
  }, 300_000);

  it('shows the last words of a part that does not come up, and stops the others', async () => {
    const root = join(home, 'broken');
    mkdirSync(join(root, '.sluice/tools'), { recursive: true });
    symlinkSync(join(repoRoot(), 'dist'), join(root, 'dist'));
    writeFileSync(join(root, 'haproxy'), '#!/bin/sh\necho no such directive >&2\nexit 3\n', { mode: 0o755 });
    const tools = { ...locateTools(), haproxy: join(root, 'haproxy') };
    writeFileSync(join(root, '.sluice/tools/tools.json'), JSON.stringify(tools));
    const stack = started(root);
    expect(await stack.ended).toBe(1);
    expect(stack.text()).toMatch(/HAProxy ended with code 3\.\nIts last lines:\n {2}no such directive\n/);
    expect(stack.text()).toContain('everything is stopped');
    await expect(fetch(`http://127.0.0.1:${portBase + 7}/`)).rejects.toThrow();
    expect(await fetch(`http://127.0.0.1:${portBase + 11}/`).catch(() => null)).toBeNull();
  });

  it('says what to do where the code has not been built', async () => {
    const root = join(home, 'unbuilt');
    mkdirSync(join(root, '.sluice/tools'), { recursive: true });
    writeFileSync(join(root, '.sluice/tools/tools.json'), JSON.stringify(locateTools()));
    const stack = started(root);
    expect(await stack.ended).toBe(1);
    expect(stack.text()).toMatch(/dist\/.*\.js is missing\. Build first: npm run build/);
  });
});
