/**
 * What the Dockerfile copies, without developers' packages, in a folder that cannot be written, as a user who is not
 * root.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { end } from '../support/child.ts';
import { dockerfileStages, last, type Stage } from '../support/deploy/dockerfile.ts';
import { type Image, layOutImage } from '../support/deploy/image.ts';
import { startTemporal, type TestTemporal } from '../support/dev-server.ts';
import { freePort } from '../support/free-ports.ts';
import { kubeconfigOf } from '../support/kube/credentials.ts';

const final = dockerfileStages().at(-1) as Stage;
const [, entry = ''] = JSON.parse(last(final, 'ENTRYPOINT')) as string[];
/** Nobody in particular; who is not root cannot become somebody else, and need not. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Nobody in particular has to be able to read it. */
const kubeconfig = join(tmpdir(), `sluice-image-${process.pid}.kubeconfig`);
let image: Image;
let server: TestTemporal;
let temporal: TestWorkflowEnvironment;
const running: ChildProcess[] = [];
beforeAll(async () => {
  image = layOutImage();
  server = await startTemporal();
  temporal = server.env;
});
afterEach(async () => {
  for (const child of running.splice(0)) await end(child, 'SIGKILL');
});
afterAll(async () => {
  await server?.stop();
  image?.remove();
  rmSync(kubeconfig, { force: true });
});

const fileOf = (path: string) => join(image.folder, path.replace(/^\/app\//, ''));

function launch(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [fileOf(entry), ...args], {
    ...nobody,
    cwd: image.folder,
    env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production', HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  // What it said last may still be on its way when it has ended.
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  return { child, ended, said: () => said };
}

/** What the image's own health check answers; its exit code. */
function probe(env: Record<string, string>): number | null {
  const options = { ...nobody, cwd: image.folder, env: { PATH: '/usr/bin:/bin', ...env } };
  return spawnSync(process.execPath, [join(image.folder, 'bin/probe.mjs')], options).status;
}

async function endsCleanly({ child, ended, said }: ReturnType<typeof launch>): Promise<void> {
  child.kill('SIGTERM');
  expect(await ended, said()).toBe(0);
}

const POLL = { timeout: 100_000, interval: 200 };

describe('the image', () => {
  it('runs a worker that answers probes, gets ready, and stops when it is asked to', async () => {
    const healthPort = String(await freePort());
    const env = { SLUICE_WORKER_HEALTH_PORT: healthPort, SLUICE_TEMPORAL_ADDRESS: temporal.address };
    const worker = launch(['worker'], env);
    const ready = () =>
      fetch(`http://127.0.0.1:${healthPort}/readyz`).then(({ status }) => status, worker.said);
    await expect.poll(ready, POLL).toBe(200);
    await expect.poll(() => probe(env), POLL).toBe(0);
    await endsCleanly(worker);
    expect(probe(env)).toBe(1);
  });

  it('runs a worker that is alive, and not ready, while there is no Temporal', async () => {
    const healthPort = String(await freePort());
    const nowhere = `127.0.0.1:${await freePort()}`;
    const env = { SLUICE_WORKER_HEALTH_PORT: healthPort, SLUICE_TEMPORAL_ADDRESS: nowhere };
    const worker = launch(['worker'], env);
    await expect.poll(() => probe(env), POLL).toBe(0);
    const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { ready: false, why: 'Temporal does not answer yet' },
    ]);
    expect(worker.child.exitCode).toBe(null);
  });

  it('runs an API on loopback that answers probes from inside, and stops when it is asked to', async () => {
    const port = String(await freePort());
    const env = { SLUICE_API_PORT: port, SLUICE_TEMPORAL_ADDRESS: temporal.address };
    const api = launch(['api'], env);
    await expect.poll(() => probe(env), POLL).toBe(0);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(await answer.json()).toMatchObject({ temporal: expect.anything() });
    await endsCleanly(api);
  });

  it('runs a guard that is alive, and not ready, while there is no API server', async () => {
    const port = String(await freePort());
    const env = { SLUICE_GUARD_PORT: port };
    writeFileSync(kubeconfig, kubeconfigOf(`http://127.0.0.1:${await freePort()}`, '', 'token'));
    const guard = launch(['guard', '--kubeconfig', kubeconfig], env);
    await expect.poll(() => probe(env), POLL).toBe(0);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([answer.status, await answer.json()]).toMatchObject([503, { ready: false }]);
    await endsCleanly(guard);
  });

  it('runs no API that others could reach', async () => {
    const api = launch(['api'], { SLUICE_API_HOST: '0.0.0.0', SLUICE_TEMPORAL_ADDRESS: temporal.address });
    expect(await api.ended).toBe(1);
    expect(api.said()).toContain('which other machines may reach, without authentication');
  });

  it('runs the command line', async () => {
    const cli = launch(['rbac', '--role', 'api', '--json'], {});
    expect(await cli.ended, cli.said()).toBe(0);
    expect(JSON.parse(cli.said())).toMatchObject({ kind: 'List' });
  });
});
