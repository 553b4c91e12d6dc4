/** `sluice ci`: groups, summary, outputs, abort. */
import { expect, test } from 'vitest';
import { failing, runId, statusOf, viewOf } from '../api/fakes.ts';
import { fakeIo, sluice } from './fakes.ts';

const started = { workflowId: 'rollout/demo/shop', runId, created: true, workerSeen: true, warnings: [] };
const line = (
  kind: 'started' | 'prepared' | 'shifted' | 'check-failed' | 'restore-started' | 'restored' | 'finished',
  text: string,
  stage: number | null,
) => ({
  atMs: 1_000,
  kind,
  text,
  stage,
  actor: null,
});
const rolledBack = viewOf({
  phase: 'rolled-back',
  outcome: 'rolled-back',
  endedAtMs: 91_000,
  cause: { kind: 'check', reason: 'errors: 5 % | too many', actor: null, atMs: 8000 },
  timeline: [
    line('started', 'rollout of shop v2', null),
    line('prepared', 'v2 is ready ##[error]no', null),
    line('shifted', 'canary at 10 %', 0),
    line('check-failed', 'errors: 5 %', 0),
    line('restore-started', 'bringing all traffic back', 0),
    line('restored', 'canary reads 0 %', 0),
    line('finished', 'rollout ended: rolled-back', 0),
  ],
});
const promoted = viewOf({ phase: 'promoted', outcome: 'promoted', endedAtMs: 9000 });

const github = {
  USER: 'ada',
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTOR: 'grace',
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_RUN_ID: '77',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_STEP_SUMMARY: '/summary',
  GITHUB_OUTPUT: '/output',
};

function pipeline(env: Record<string, string> = github) {
  const files = new Map<string, string>([['/summary', 'before\n']]);
  const io = fakeIo({
    env,
    readText: async (path) => files.get(path) ?? (path.startsWith('/') ? '' : 'version: v2\n'),
    writeText: async (path, text) => void files.set(path, text),
  });
  return { io, files };
}

test('shows a rollout as groups of GitHub, with one annotation for what went wrong, and exits as watch does', async () => {
  const { io } = pipeline();
  const { code, out, calls } = await sluice(
    ['ci', 'plan.yaml'],
    { start: async () => started, get: async () => rolledBack },
    io,
  );
  expect(code).toBe(6);
  expect(out.split('\n').filter((text) => text.startsWith('::'))).toEqual([
    '::group::Gates and preparation',
    '::endgroup::',
    '::group::Stage 10%25',
    '::endgroup::',
    '::group::Rollback',
    '::endgroup::',
    '::error title=Sluice::demo/shop v2 rolled-back: errors: 5 %25 | too many',
  ]);
  // No command of the runner comes from what others wrote.
  expect(out).not.toContain('##[');
  expect(calls[0]?.args[0]).toMatchObject({
    actor: 'grace',
    reason: 'https://github.com/acme/shop/actions/runs/77',
    idempotencyKey: 'acme/shop/77/2/job',
  });
});

test('adds to the job summary and to the outputs, which no reason can forge', async () => {
  const { io, files } = pipeline();
  const forged = viewOf({
    ...rolledBack.status,
    cause: { kind: 'command', reason: 'why\noutcome=promoted', actor: null, atMs: 1 },
  });
  await sluice(['ci', 'plan.yaml'], { start: async () => started, get: async () => forged }, io);
  const summary = files.get('/summary') ?? '';
  expect(summary.startsWith('before\n## ⏪ demo/shop v2: rolled-back')).toBe(true);
  const outputs = (files.get('/output') ?? '').split('\n');
  expect(outputs[0]).toMatch(/^target<<end-[0-9a-f-]{36}$/);
  expect(outputs).toContain('rolled-back');
  expect(outputs.filter((text) => text.startsWith('outcome'))).toEqual([
    expect.stringMatching(/^outcome<<end-/),
  ]);
});

test('is plain text elsewhere, and writes no file', async () => {
  const { io, files } = pipeline({ USER: 'ada' });
  const { code, out } = await sluice(
    ['ci', 'plan.yaml'],
    { start: async () => started, get: async () => promoted },
    io,
  );
  expect(code).toBe(0);
  expect(out).toContain('== Gates and preparation');
  expect(out).not.toContain('::');
  expect([...files.keys()]).toEqual(['/summary']);
});

test.each([
  ['rollback', ['start', 'get', 'command'], 'goes back to stable'],
  ['leave', ['start', 'get'], 'goes on'],
])('an abort with --on-abort %s', async (what, methods, says) => {
  const { io, files } = pipeline();
  const running = viewOf();
  const { code, err, calls } = await sluice(
    ['ci', 'plan.yaml', '--on-abort', what],
    {
      start: async () => started,
      get: async () => {
        queueMicrotask(() => io.interrupt.abort());
        return running;
      },
      command: async () => ({ accepted: true, via: 'update', status: statusOf() }),
    },
    io,
  );
  expect(code).toBe(130);
  expect(err).toContain(says);
  expect([...new Set(calls.map(({ method }) => method))]).toEqual(methods);
  // Only this run: a newer rollout of the target is none of this pipeline's.
  const command = calls.find(({ method }) => method === 'command');
  if (what === 'rollback') expect(command?.args[0]).toMatchObject({ service: 'shop', runId });
  // A step after it, which runs always, finds what became of it.
  const summary = files.get('/summary') ?? '';
  expect(summary).toMatch(/^before\n## ❌ demo\/shop v2: aborted\n/);
  expect(summary).toContain(says);
  const outputs = files.get('/output') ?? '';
  expect(outputs).toContain(`\n${runId}\n`);
  expect(outputs).toContain(says);
});

test('leaves a summary and outputs too when it loses sight of the rollout, or is aborted before it has seen any', async () => {
  const { io, files } = pipeline();
  const lost = await sluice(
    ['ci', 'plan.yaml'],
    { start: async () => started, get: failing('rollout-not-found', 'It is gone.') },
    io,
  );
  expect(lost.code).not.toBe(0);
  expect(files.get('/summary')).toMatch(/## ❌ demo\/shop v2: not followed to its end\n\n> .*It is gone/);
  const early = pipeline();
  const start = async () => {
    early.io.interrupt.abort();
    return started;
  };
  const { code } = await sluice(['ci', 'plan.yaml', '--on-abort', 'leave'], { start }, early.io);
  expect([code, early.files.get('/summary')]).toEqual([
    130,
    expect.stringContaining('demo/shop v2: aborted'),
  ]);
});

test.each([
  ['at first', 0],
  ['while it waits for an API that has too much to do', 1],
])('an abort %s starts nothing', async (_, asks) => {
  const { io } = pipeline();
  if (asks === 0) io.interrupt.abort();
  const { code, err, calls } = await sluice(
    ['ci', 'plan.yaml'],
    { start: failing('starts-busy', 'Too many.') },
    {
      ...io,
      sleep: async (_ms, signal) => {
        io.interrupt.abort();
        signal?.throwIfAborted();
      },
    },
  );
  expect(code).toBe(130);
  expect(err).toContain('nothing was started');
  expect(calls.map(({ method }) => method)).toEqual(Array(asks).fill('start'));
});

test('refuses a word that it does not know, and passes on why a start was refused', async () => {
  expect((await sluice(['ci', 'plan.yaml', '--on-abort', 'explode'])).code).toBe(2);
  const { code, err } = await sluice(['ci', 'plan.yaml'], { start: failing('rollout-running', 'It runs.') });
  expect([code, err.split('\n')[0]]).toEqual([3, 'error: It runs. [rollout-running]']);
});
