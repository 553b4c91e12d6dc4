/** The supervisor behind `sluice up` with every real part: it keeps them up, tolerates no second stack, and leaves nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
    stack.kill('SIGTERM');
    await stack.ended;
  }
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Up {
  readonly ended: Promise<number | null>;
  text(): string;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the stack of this repository, or of a folder made up by the test. */
function up(root = repoRoot()): Up {
  const call = `import { runStack } from '${join(repoRoot(), 'dist/stack/stack.js')}';
    process.exit(await runStack(${JSON.stringify({ portBase, root })}));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', call], {
    env: { ...process.env, SLUICE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  const stack = { ended, text: () => text, kill: (signal: NodeJS.Signals) => void child.kill(signal) };
  stacks.push(stack);
  return stack;
}

async function ready(stack: Up): Promise<void> {
  const up = waitFor('the stack', () => stack.text().includes('Everything stays up'), { timeoutMs: 90_000 });
  const ended = stack.ended.then((code) => {
    throw new Error(`the stack ended with ${code}:\n${stack.text()}`);
  });
  await Promise.race([up, ended]);
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
    const stack = up();
    await ready(stack);
    expect(await versionServed()).toBe('v1');
    expect(JSON.parse(readFileSync(join(home, '.sluice/run/stack.json'), 'utf8'))).toMatchObject({
      apiUrl: `http://127.0.0.1:${portBase + 1}`,
    });

    const second = up();
    expect(await second.ended).toBe(1);
    expect(second.text()).toMatch(/running in this folder already \(process \d+\)/);

    for (const name of ['HAProxy', 'Prometheus', 'worker']) {
      process.kill(pidOf(name), 'SIGKILL');
      const again = `${name} is ready`;
      await waitFor(again, () => stack.text().split(again).length === 3, { timeoutMs: 40_000 });
    }
    const shop = JSON.parse(readFileSync(join(home, '.sluice/data/slots/demo%2Fshop/blue.json'), 'utf8'));
    process.kill((shop as { pid: number }).pid, 'SIGKILL');
    await waitFor('the shop to serve again', async () => (await versionServed()) === 'v1');

    const running = await everyPart();
    stack.kill('SIGTERM');
    expect(await stack.ended, stack.text()).toBe(0);
    expect(await Promise.all(running.map(isAlive))).toEqual(parts.map(() => false));
    expect(await versionServed()).toBeNull();
    expect(existsSync(join(home, '.sluice/run/stack.json'))).toBe(false);
  }, 180_000);

  it('ends what a stack left that was killed itself, and says so', async () => {
    const first = up();
    await ready(first);
    const left = await everyPart();
    first.kill('SIGKILL');
    await first.ended;
    expect(await Promise.all(left.map(isAlive))).toEqual(parts.map(() => true));

    const second = up();
    await ready(second);
    for (const name of parts)
      expect(second.text()).toContain(`${name} (process ${left[parts.indexOf(name)]?.pid})`);
    expect(second.text()).toContain('Ended a version of the shop that an earlier stack had left');
    expect(await Promise.all(left.map(isAlive))).toEqual(parts.map(() => false));
    expect(await versionServed()).toBe('v1');
  }, 180_000);

  it('shows the last words of a part that does not come up, and stops the others', async () => {
    const root = join(home, 'broken');
    mkdirSync(join(root, '.sluice/tools'), { recursive: true });
    symlinkSync(join(repoRoot(), 'dist'), join(root, 'dist'));
    writeFileSync(join(root, 'haproxy'), '#!/bin/sh\necho no such directive >&2\nexit 3\n', { mode: 0o755 });
    const tools = { ...locateTools(), haproxy: join(root, 'haproxy') };
    writeFileSync(join(root, '.sluice/tools/tools.json'), JSON.stringify(tools));
    const stack = up(root);
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
    const stack = up(root);
    expect(await stack.ended).toBe(1);
    expect(stack.text()).toMatch(/dist\/.*\.js is missing\. Build first: npm run build/);
  });
});
