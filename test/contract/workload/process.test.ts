import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProcessWorkload, processProvider } from '../../../src/providers/workload/process.ts';
import { resume, stopAll } from '../../../src/providers/workload/process-fleet.ts';
import { openProcessBench, type ProcessBench } from '../../support/process-workload.ts';
import { waitFor } from '../../support/wait-for.ts';
import { workloadContract } from './suite.ts';

const signal = new AbortController().signal;

workloadContract('process', async () => {
  const bench = await openProcessBench();
  return {
    provider: createProcessWorkload(bench.settings),
    target: bench.target,
    stopIsForeign: null,
    hopeless: { version: 'crash', code: 'workload-unready' },
    close: () => bench.close(),
  };
});

describe('process', () => {
  let bench: ProcessBench;
  beforeEach(async () => {
    bench = await openProcessBench();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await bench.close();
  });

  const start = (version: string, settings = bench.settings) =>
    createProcessWorkload(settings).start(bench.target, 'blue', version, signal, () => {});

  it('leaves a running process of the same version alone and replaces one of another version', async () => {
    await start('v1');
    const first = await bench.pid('blue');
    await start('v1');
    expect(await bench.pid('blue')).toBe(first);
    await start('v2');
    expect(await bench.pid('blue')).not.toBe(first);
    expect(await bench.serving('blue')).toBe('v2');
  });

  it('names exit code and last log lines of a version that ends at once, and does not keep it', async () => {
    await expect(start('crash')).rejects.toThrow(/ended with code 3[\s\S]*no database/);
    expect(await bench.pid('blue')).toBe(0);
  });

  it('ends a version that never becomes ready', async () => {
    // Its first answer may be long in coming, so somebody more patient has started it before.
    const patient = start('never').catch((error: unknown) => error);
    await waitFor('it to answer', async () => (await bench.serving('blue')) === 'never');
    const impatient = { ...bench.settings, readyTimeoutMs: 1_500 };
    await expect(start('never', impatient)).rejects.toThrow(/not ready within 1.5 s: .* answered 503/);
    expect(await bench.serving('blue')).toBeNull();
    expect(await patient).toMatchObject({ code: 'workload-unready' });
  });

  it('kills what ignores a polite request', async () => {
    await start('stubborn');
    await createProcessWorkload(bench.settings).stop(bench.target, 'blue');
    expect(await bench.serving('blue')).toBeNull();
  });

  it('refuses a port that a stranger holds instead of taking the stranger for the version', async () => {
    const stranger = createServer((_request, response) => response.end('hello'));
    const port = bench.settings.targets['test/shop']?.blue;
    await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
    try {
      await expect(start('v1')).rejects.toThrow(/taken by a process that Sluice did not start/);
    } finally {
      stranger.closeAllConnections();
      stranger.close();
    }
  });

  it('runs nothing that is not on record: what nobody knows of would hold the port for ever', async () => {
    const folder = join(bench.settings.stateDir, 'test%2Fshop');
    await mkdir(join(folder, 'blue.json'), { recursive: true });
    await expect(start('v1')).rejects.toThrow();
    await rm(join(folder, 'blue.json'), { recursive: true });
    await start('v2');
    expect(await bench.serving('blue')).toBe('v2');
    expect(await readFile(join(folder, 'blue.log'), 'utf8')).toBe('this is v2\n');
  });

  it('names a program that is not there', async () => {
    const command = ['no-such-program'] as const;
    await expect(start('v1', { ...bench.settings, command: [...command] })).rejects.toThrow(
      /ended with code 127[\s\S]*no-such-program/,
    );
  });

  it('never ends a process that only has the recorded number', async () => {
    await start('v1');
    const file = join(bench.settings.stateDir, 'test%2Fshop', 'blue.json');
    const record = await readFile(file, 'utf8');
    await writeFile(file, JSON.stringify({ ...JSON.parse(record), mark: 'of another time' }));
    await createProcessWorkload(bench.settings).stop(bench.target, 'blue');
    expect(await bench.serving('blue')).toBe('v1');
    await writeFile(file, record);
  });

  it('brings back what should run after it was killed, and only that', async () => {
    await start('v1');
    process.kill(await bench.pid('blue'), 'SIGKILL');
    const lines: string[] = [];
    await waitFor('v1 to serve again', async () => {
      await resume(bench.settings, (line) => lines.push(line));
      return (await bench.serving('blue')) === 'v1';
    });
    expect(lines.filter((line) => line.includes('started again'))).toEqual([
      'test/shop blue: v1 started again',
    ]);
    expect(await bench.serving('green')).toBeNull();
  });

  it('stops all and brings all back', async () => {
    await start('v1');
    expect(await stopAll(bench.settings)).toBe(1);
    expect(await bench.serving('blue')).toBeNull();
    expect(await createProcessWorkload(bench.settings).versionIn(bench.target, 'blue')).toBe('v1');
    await resume(bench.settings, () => {});
    await waitFor('v1', async () => (await bench.serving('blue')) === 'v1');
  });

  it('gives the version none of its own secrets', async () => {
    vi.stubEnv('SECRET', 'token');
    await start('v1');
    const answer = await fetch(`http://127.0.0.1:${bench.settings.targets['test/shop']?.blue}/`);
    expect(answer.headers.get('x-secret')).toBe('none');
  });

  it('lets no plan choose a command, and no stranger a target', async () => {
    expect(processProvider.options.safeParse({ command: ['sh'] }).success).toBe(false);
    const foreign = { id: 'prod/else', options: {} };
    const provider = createProcessWorkload(bench.settings);
    await expect(provider.start(foreign, 'blue', 'v1', signal, () => {})).rejects.toMatchObject({
      code: 'workload-config',
    });
  });
});
