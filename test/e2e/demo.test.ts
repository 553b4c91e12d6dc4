/** The main job as a person starts it: the demo from end to end, and what it leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repoRoot } from '../../src/stack/tools.ts';
import { waitFor } from '../support/wait-for.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Up {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  text(): string;
}

function up(...args: readonly string[]): Up {
  const main = join(repoRoot(), 'dist/cli/main.js');
  const child = spawn(process.execPath, [main, 'up', ...args], {
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
  return { child, ended: once(child, 'exit').then(([code]) => code), text: () => text };
}

/** Processes whose command line or environment names this test's folder. */
function leftProcesses(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(
      (pid) => read(`/proc/${pid}/environ`).includes(home) || read(`/proc/${pid}/cmdline`).includes(home),
    )
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

interface Seen {
  readonly status: {
    readonly version: string;
    readonly stage: number;
    readonly outcome: string | null;
  } | null;
  readonly evidence?: { readonly state: string };
}

async function rollout(base: number): Promise<Seen> {
  const answer = await fetch(`http://127.0.0.1:${base + 1}/v1/rollouts/demo/shop`);
  return (await answer.json()) as Seen;
}

describe('npm start', () => {
  it('ships a good version, takes a bad one back within 30 s of errors, and leaves nothing running', async () => {
    const { ended, text } = up('--once', '--port-base', '7740');
    const code = await ended;
    expect(code, text()).toBe(0);
    expect(text()).toMatch(/v2\s+promoted/);
    expect(text()).toMatch(/v3\s+rolled-back/);
    expect(text()).toMatch(/0 requests reached it after the restore/);
    expect(leftProcesses()).toEqual([]);
  }, 300_000);

  it('resumes a rollout where it was after kill -9 of everything', async () => {
    const first = up('--port-base', '7740');
    await waitFor('the stack', () => first.text().includes('Everything stays up'), { timeoutMs: 90_000 });
    const plan = readFileSync(join(repoRoot(), 'examples/shop-good.yaml'), 'utf8').replace(
      'version: v2',
      'version: v2.1',
    );
    const answer = await fetch('http://127.0.0.1:7741/v1/rollouts', {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: plan.replaceAll('soak: 20s', 'soak: 5s'),
    });
    expect(answer.status, await answer.text()).toBe(201);
    await waitFor('the second stage', async () => ((await rollout(7740)).status?.stage ?? 0) >= 1, {
      timeoutMs: 60_000,
    });
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
    for (const pid of pids)
      if (read(`/proc/${pid}/environ`).includes(home)) process.kill(Number(pid), 'SIGKILL');
    await first.ended;

    const second = up('--port-base', '7740');
    await waitFor('the stack', () => second.text().includes('Everything stays up'), { timeoutMs: 90_000 });
    const resumed = await waitFor('the rollout', async () => (await rollout(7740)).status, {
      timeoutMs: 30_000,
    });
    expect(resumed.version).toBe('v2.1');
    expect(resumed.stage).toBeGreaterThanOrEqual(1);
    const done = await waitFor(
      'its end',
      async () => {
        const { status } = await rollout(7740);
        return status?.outcome ? status : null;
      },
      { timeoutMs: 90_000 },
    );
    expect(done.outcome).toBe('promoted');
    await waitFor('its evidence', async () => (await rollout(7740)).evidence?.state === 'kept');
    const verified = await fetch('http://127.0.0.1:7741/v1/rollouts/demo/shop/evidence/verification');
    expect(await verified.json()).toMatchObject({ ok: true, problems: [], replay: { agreed: true } });
    second.child.kill('SIGINT');
    await second.ended;
    expect(leftProcesses()).toEqual([]);
  }, 300_000);

  it('says which port is taken and what to do, and starts nothing', async () => {
    const server = createServer().listen(7742, '127.0.0.1');
    await once(server, 'listening');
    const { ended, text } = up('--port-base', '7740');
    expect(await ended).toBe(1);
    server.close();
    expect(text()).toMatch(/port 7742, needed for Temporal/);
    expect(text()).toContain('--port-base');
    expect(leftProcesses()).toEqual([]);
  }, 60_000);
});
