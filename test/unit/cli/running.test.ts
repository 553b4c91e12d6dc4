/** Verbs against an API over real HTTP: what they print, and the exit code. */
import { describe, expect, test } from 'vitest';
import type { Audit } from '../../../src/api/contract.ts';
import { problemSchema } from '../../../src/api/contract.ts';
import type { CommandRequest, NoticeService, RolloutService, RunRef } from '../../../src/api/service.ts';
import { main } from '../../../src/cli/program.ts';
import { type ErrorCode, SluiceError } from '../../../src/domain/errors.ts';
import { failing, runId, statusOf, viewOf } from '../api/fakes.ts';
import { liveOf } from '../dashboard/rollout/fixtures.ts';
import { fakeIo, sluice } from './fakes.ts';

const started = { workflowId: 'rollout/demo/shop', runId, created: true, workerSeen: true, warnings: [] };
const ended = viewOf({ phase: 'promoted', outcome: 'promoted', endedAtMs: 9000 });
const rolledBack = viewOf({
  phase: 'rolled-back',
  outcome: 'rolled-back',
  endedAtMs: 9000,
  cause: { kind: 'check', reason: 'error-rate: 5 % is above 1 %', actor: null, atMs: 8000 },
});

test('start sends the plan with who and why, and prints the run', async () => {
  const { code, out, err, calls } = await sluice(['start', 'plan.yaml', '--reason', 'release day'], {
    start: async ({ warnings = [] }) => ({ ...started, warnings }),
  });
  expect([code, out]).toEqual([0, `started demo/shop v2, run ${runId}\n`]);
  expect(err).toBe('warning: stages[0].soak: no soak\n');
  expect(calls[0]?.args[0]).toMatchObject({ actor: 'ada', reason: 'release day' });
  expect(calls[0]?.args[0]).toMatchObject({ idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/) });
});

test('start --dry-run only validates, strictly where asked, and shows what would be better', async () => {
  const asked: unknown[] = [];
  const examine: RolloutService['examine'] = async ({ plan, strict }) => {
    asked.push(strict);
    const problem = {
      path: 'stages',
      message: 'has 1 (policy "prod": r)',
      kind: 'policy',
      policy: 'prod',
    } as const;
    return {
      plan,
      problems: [problem],
      warnings: [],
      recommendations: [{ path: 'guards', message: 'name some' }],
    };
  };
  for (const args of [
    ['start', 'plan.yaml', '--dry-run'],
    ['lint', 'plan.yaml', '--strict'],
  ]) {
    const { code, out, calls } = await sluice(args, { examine });
    expect(code).toBe(2);
    expect(out).toBe(
      'plan.yaml has 1 problem\n  stages: has 1 (policy "prod": r)\nbetter: guards: name some\n',
    );
    expect(calls).toEqual([]);
  }
  expect(asked).toEqual([false, true]);
});

test('approvals lists what waits for whom', async () => {
  const { code, out } = await sluice(['approvals', '--person', 'bob'], {
    list: async ({ phase }) => ({ rollouts: phase === 'approving' ? [viewOf()] : [], next: null }),
    get: async () => viewOf({ phase: 'approving', question: 'stage:0' }),
  });
  expect(code).toBe(0);
  expect(out).toMatch(/demo\/shop +v2 +0 of 1 +anybody +stage:0 +Stage "10%" has passed/);
  expect((await sluice(['approvals'], { list: async () => ({ rollouts: [], next: null }) })).out).toBe(
    'nothing waits for anybody\n',
  );
  const bad = await sluice(['approvals', 'link', 'demo/shop', '--for', 'bob', '--valid-for', '9d', '--json']);
  expect([bad.code, JSON.parse(bad.out).detail]).toEqual([2, expect.stringContaining('1m to 7d')]);
});

test('start warns when no worker polls', async () => {
  const { code, err } = await sluice(['start', 'plan.yaml'], {
    start: async () => ({ ...started, workerSeen: false }),
  });
  expect(code).toBe(0);
  expect(err).toContain('no worker polls');
});

test('start --wait prints the end only; the exit code tells a rollback', async () => {
  const { code, out } = await sluice(['start', 'plan.yaml', '--wait'], {
    start: async () => started,
    get: async () => rolledBack,
  });
  expect(code).toBe(6);
  expect(out.split('\n').slice(1)).toEqual(['demo/shop v2 rolled-back: error-rate: 5 % is above 1 %', '']);
});

test('start asks again with the same key while the running rollout gives way', async () => {
  let asked = 0;
  const { code, err, calls } = await sluice(['start', 'plan.yaml'], {
    start: async () => {
      if (++asked < 3) throw new SluiceError('supersede-pending', 'Not ended yet.');
      return started;
    },
  });
  expect(code).toBe(0);
  expect(err).toContain('waiting for the running rollout');
  const keys = calls.map((call) => (call.args[0] as { idempotencyKey: string }).idempotencyKey);
  expect(new Set(keys).size).toBe(1);
});

test('start waits as long as an API says that has too much to do, and then asks again with the same key', async () => {
  let asked = 0;
  const { code, err, calls } = await sluice(['start', 'plan.yaml'], {
    start: async () => {
      if (++asked < 3)
        throw new SluiceError('starts-busy', 'Too many.', { details: { retryAfterMs: 1_000 } });
      return started;
    },
  });
  expect(code).toBe(0);
  expect(err).toContain('waiting, since the API has too much to do');
  const keys = calls.map((call) => (call.args[0] as { idempotencyKey: string }).idempotencyKey);
  expect([keys.length, new Set(keys).size]).toEqual([3, 1]);
});

test('start says each reason to wait once, however often it changes nothing', async () => {
  const reasons = ['starts-busy', 'starts-busy', 'supersede-pending', 'supersede-pending'] as const;
  let asked = 0;
  const { err } = await sluice(['start', 'plan.yaml'], {
    start: async () => {
      const reason = reasons[asked++];
      if (reason) throw new SluiceError(reason, 'Not now.');
      return started;
    },
  });
  expect(err.match(/^waiting.*$/gm)).toEqual([
    'waiting, since the API has too much to do …',
    'waiting for the running rollout to end: Not now.',
  ]);
});

test('a refusal says what, why and what to try, and exits 3', async () => {
  const { code, out, err } = await sluice(['start', 'plan.yaml'], {
    start: failing('rollout-running', 'A rollout of demo/shop is running: v1, soaking.'),
  });
  expect([code, out]).toEqual([3, '']);
  expect(err.split('\n')).toEqual([
    'error: A rollout of demo/shop is running: v1, soaking. [rollout-running]',
    'try: Wait for the running rollout, roll it back, or set `onConflict: supersede` in the plan.',
    '',
  ]);
});

test('a bad plan is shown problem by problem and exits 2', async () => {
  const io = fakeIo({ readText: async () => 'version:\n' });
  const { code, err } = await sluice(['start', 'plan.yaml'], {}, io);
  expect(code).toBe(2);
  expect(err).toContain('  version: must be a text\n');
});

test('validate shows problems and warnings at once', async () => {
  const io = fakeIo({ readText: async () => 'version:\n' });
  const bad = await sluice(['validate', 'plan.yaml'], {}, io);
  expect(bad.code).toBe(2);
  expect(bad.out.split('\n')).toEqual([
    'plan.yaml has 1 problem',
    '  version: must be a text',
    'warning: stages[0].soak: no soak',
    '',
  ]);
  const good = await sluice(['validate', 'plan.yaml', '--json']);
  expect(good.code).toBe(0);
  expect(JSON.parse(good.out)).toMatchObject({ ok: true, plan: { version: 'v2' } });
});

test('with --json a failure is one JSON document on standard output', async () => {
  const { code, out, err } = await sluice(['status', 'demo/shop', '--json'], {
    get: failing('rollout-not-found', 'No rollout of demo/shop is known.'),
  });
  expect([code, err]).toEqual([4, '']);
  expect(JSON.parse(out)).toMatchObject({ code: 'rollout-not-found', status: 404 });
});

test.each([
  ['a target without an environment', ['status', 'shop', '--json']],
  ['a missing argument', ['--json', 'status', '--json']],
  ['an unknown option', ['list', '--json', '--nothing']],
  ['an unknown verb', ['frobnicate', '--json']],
  ['a verb that has no --json', ['up', '--json']],
])('with --json %s is one JSON document on standard output too', async (_, args) => {
  const { code, out, err } = await sluice(args);
  expect([code, err]).toEqual([2, '']);
  expect(JSON.parse(out)).toMatchObject({ code: 'input-invalid', detail: expect.any(String), problems: [] });
});

test('without --json, or with it behind --, a bad command line is told in words', async () => {
  const { code, out, err } = await sluice(['status', '--', '--json']);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('error: ');
});

test.each([
  [['status', 'shop'], '"shop" is no <target>. A target reads environment/service, such as demo/shop.'],
  [['status'], "missing required argument 'target'"],
  [['list', '--limit', '0'], "option '--limit <n>' argument '0' is invalid. Give a number from 1 to 200."],
  [['list', '--ended', '--running'], "option '--running' cannot be used with option '--ended'"],
  [['lst'], "unknown command 'lst' (Did you mean list?)"],
  [['tokens', 'lst', '--file', 'x'], "unknown command 'lst' (Did you mean list?)"],
])('a command line that makes no sense is told as every failure is: %j', async (args, what) => {
  const { code, out, err } = await sluice(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toBe(`error: ${what} [input-invalid]\ntry: Add --help for what is possible.\n`);
});

test.each([
  [404, 1],
  [405, 1],
  [401, 3],
  [502, 5],
])('what is no Sluice and answers %i is told as strange, with exit code %i', async (status, exit) => {
  const io = fakeIo({ fetch: async () => new Response('<html></html>', { status }) });
  const code = await main(['status', 'demo/shop', '--api', 'http://127.0.0.1:1'], io);
  expect(code).toBe(exit);
  expect(io.printed.err).toContain('[answer-strange]');
});

test('without a verb all of them are shown', async () => {
  const io = fakeIo();
  const code = await main([], io);
  const { out, err } = io.printed;
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('Usage: sluice');
  expect(err).toContain('list rollouts');
});

test('status shows the rollout and what may be done', async () => {
  const { code, out } = await sluice(['status', 'demo/shop'], { get: async () => viewOf() });
  expect(code).toBe(0);
  expect(out).toContain('demo/shop');
  expect(out).toContain('soaking');
  expect(out).toContain('you may: promote, pause, rollback');
});

test('status without a worker says so and shows what Temporal knows', async () => {
  const view = viewOf({}, { status: null, workerAnswered: false });
  const { code, out } = await sluice(['status', 'demo/shop'], { get: async () => view });
  expect(code).toBe(0);
  expect(out).toContain('no worker answered');
});

test.each([
  [4_000, 'was last heard of 4s ago: 10 % asked, 9.8 % measured', 'its lease has 6s left'],
  [43_000, 'was last heard of 43s ago', 'has run out since: the data plane sends all users to stable'],
])(
  'status without a worker says where the users are: %i ms after its last sign',
  async (ageMs, heard, lease) => {
    const nowMs = 1_000_000;
    const atMs = nowMs - ageMs;
    const progress = liveOf({ atMs, leaseUntilMs: atMs + 10_000, measuredPercent: 9.84 });
    const view = viewOf({}, { status: null, workerAnswered: false, live: progress });
    const io = fakeIo({ now: () => nowMs });
    const { out } = await sluice(['status', 'demo/shop'], { get: async () => view }, io);
    expect(out).toContain(heard);
    expect(out).toContain(lease);
  },
);

test('list prints a table, or that there is nothing', async () => {
  const { status: _, live: __, workerAnswered: ___, links: ____, ...summary } = viewOf();
  const page = { rollouts: [summary, { ...summary, temporalStatus: 'TERMINATED' }], next: 'abc' };
  const { out, err, calls } = await sluice(['list', '--service', 'shop', '--running'], {
    list: async () => page,
  });
  expect(out).toMatch(/^TARGET +VERSION +PHASE/);
  expect(out).toContain('soaking (terminated)');
  expect(err).toBe('more: add --cursor abc\n');
  expect(calls[0]?.args[0]).toMatchObject({ service: 'shop', running: 'true', limit: 50 });
  const none = await sluice(['list'], { list: async () => ({ rollouts: [], next: null }) });
  expect(none.out).toBe('no rollouts\n');
  const noneYet = await sluice(['list'], { list: async () => ({ rollouts: [], next: 'abc' }) });
  expect(noneYet.out).toBe('none on this page; more follow\n');
});

test.each([
  ['promote', ['--full'], { full: true }],
  ['pause', [], {}],
  ['rollback', ['--reason', 'bad'], { reason: 'bad' }],
  ['rollback', ['--gradual'], { gradual: true }],
] as const)('%s is sent with who asks', async (name, flags, body) => {
  const { code, out, calls } = await sluice([name, 'demo/shop', ...flags], {
    command: async () => ({ accepted: true, via: 'update', status: statusOf({ paused: name === 'pause' }) }),
  });
  expect(code).toBe(0);
  expect(out).toContain(`${name} of demo/shop accepted; it is now soaking`);
  expect(calls.at(-1)?.args[1]).toMatchObject({ name, actor: 'ada', ...body });
});

test('a promotion is meant for the stage that the rollout shows, or for the one that is named', async () => {
  const { startedAtMs, phase, stages } = statusOf();
  const both = [...stages, ...stages.map((stage) => ({ ...stage, name: 'half' }))];
  const sent = async (...flags: string[]) => {
    const { calls, code, err } = await sluice(['promote', 'demo/shop', ...flags], {
      get: async () => viewOf({ stages: both }),
      command: async () => ({ accepted: true, via: 'update', status: null }),
    });
    return { code, err, command: calls.at(-1)?.args[1] };
  };
  expect((await sent()).command).toMatchObject({ expect: { startedAtMs, phase, stage: 0 } });
  expect((await sent('--stage', 'half')).command).toMatchObject({ expect: { startedAtMs, phase, stage: 1 } });
  expect(await sent('--stage', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('no stage "x"') });
});

test('a rollback that was left as a signal is said to be on its way', async () => {
  const { code, out } = await sluice(['rollback', 'demo/shop'], {
    command: async () => ({ accepted: true, via: 'signal', status: null }),
  });
  expect(code).toBe(0);
  expect(out).toContain('on its way');
});

test('status cuts no reason, however narrow the terminal is', async () => {
  const io = fakeIo({ isTTY: true });
  const text = 'a long sentence that says why '.repeat(10).trim();
  const view = viewOf({ timeline: [{ atMs: 1_000, kind: 'held', text, stage: 0, actor: null }] });
  await sluice(['status', 'demo/shop'], { get: async () => view }, io);
  expect(io.printed.out).toContain(text);
});

describe('a command that cannot be served for the moment', () => {
  const busy = { code: 'worker-absent', details: { workerSeen: true } } as const;
  const outage = { code: 'temporal-unavailable', details: {} } as const;
  const { startedAtMs, phase } = statusOf();
  const unseen = async () => viewOf({}, { status: null, workerAnswered: false });
  const away: RolloutService['get'] = async () => {
    throw new SluiceError('temporal-unavailable', 'Temporal is away.');
  };

  /** As many times as there are refusals it is not served. */
  const sent = async (
    words: string,
    refusals: readonly { code: ErrorCode; details: Record<string, unknown> }[],
    get: RolloutService['get'] = async () => viewOf(),
  ) => {
    const waits: number[] = [];
    const io = fakeIo({ sleep: async (ms) => void waits.push(ms) });
    const left = [...refusals];
    const command: RolloutService['command'] = async () => {
      const refusal = left.shift();
      if (refusal) throw new SluiceError(refusal.code, 'Not now.', { details: refusal.details });
      return { accepted: true, via: 'update', status: null };
    };
    const { calls, ...told } = await sluice(words.split(' '), { command, get }, io);
    const tries = calls
      .filter(({ method }) => method === 'command')
      .map(({ args }) => ({ ref: args[0] as RunRef, ...(args[1] as CommandRequest) }));
    return { ...told, tries, waits, keys: new Set(tries.map(({ requestId }) => requestId)) };
  };

  test('is sent again under the same key while a worker is there', async () => {
    const { code, out, err, tries, keys, waits } = await sent('pause demo/shop', [busy, busy]);
    expect([code, out]).toEqual([0, 'pause of demo/shop accepted\n']);
    expect([tries.length, keys.size]).toEqual([3, 1]);
    expect(waits.every((ms) => ms >= 2_000 && ms <= 3_000)).toBe(true);
    expect(err).toBe('waiting, and asking again: Not now.\n');
  });

  test('exits 5 in the end, and gives away no key under which it could reach the next rollout', async () => {
    const { code, err, tries, keys } = await sent('pause demo/shop', Array(9).fill(busy));
    expect([code, tries.length, keys.size]).toEqual([5, 5, 1]);
    expect(err).toContain('Look with `sluice status`');
    expect(err).not.toContain([...keys][0]);
  });

  test('exits 5 at once where no worker polls', async () => {
    const absent = { ...busy, details: { workerSeen: false } };
    expect(await sent('pause demo/shop', [absent])).toMatchObject({ code: 5, waits: [] });
  });

  test.each(['pause', 'override'])('%s is each time for the rollout that was seen', async (name) => {
    const seen = await sent(`${name} demo/shop --reason fire`, [outage]);
    expect(seen.tries).toMatchObject(Array(2).fill({ expect: { startedAtMs } }));
    const named = await sent(`${name} demo/shop --reason fire`, [outage], unseen);
    expect(named.tries).toMatchObject(Array(2).fill({ ref: { runId } }));
  });

  test.each([
    ['promote demo/shop', unseen],
    ['resume demo/shop', unseen],
    ['approve demo/shop', unseen],
    ['approve demo/shop --question stage:0', away],
    ['pause demo/shop', away],
  ])('%s is not sent again where nothing keeps it from what comes after', async (words, get) => {
    const { code, err, tries, keys, waits } = await sent(words, [busy], get);
    expect([code, tries.length, waits]).toEqual([5, 1, []]);
    expect(err).not.toContain([...keys][0]);
  });

  test('under a key of the user’s own is for what the API keeps, and waits only once that is sure', async () => {
    const [pause, promote] = ['pause demo/shop --idempotency-key k', 'promote demo/shop --idempotency-key k'];
    for (const words of [pause, promote]) {
      expect(await sent(words, [outage])).toMatchObject({ code: 5, waits: [] });
      expect(await sent(words, [busy])).toMatchObject({ code: 0, tries: Array(2).fill({ requestId: 'k' }) });
    }
    expect((await sent(promote, [])).tries[0]?.expect).toEqual({ stage: 0, phase });
  });

  test('is to be sent again under a key of the user’s own only where the API has kept what that is for', async () => {
    const pause = 'pause demo/shop --idempotency-key k';
    expect((await sent(pause, Array(9).fill(busy))).err).toContain('Sent again with --idempotency-key k');
    const { err } = await sent(pause, [outage]);
    expect(err).toContain('Look with `sluice status`');
    expect(err).not.toContain('Sent again');
  });
});

test('a close of an incident that nobody answers is not tried again, as nothing names the incident', async () => {
  const tries: unknown[] = [];
  const close = async (...[, , key]: Parameters<NoticeService['close']>) => {
    tries.push(key);
    throw new SluiceError('worker-absent', 'Not now.');
  };
  const io = fakeIo({ sleep: () => expect.unreachable() });
  const { code } = await sluice(['incidents', 'close', 'demo/shop'], {}, io, { close });
  expect([code, tries]).toEqual([5, [null]]);
});

test('audit prints who did what and whether the replay agreed', async () => {
  const audit: Audit = {
    target: 'demo/shop',
    workflowId: 'rollout/demo/shop',
    runs: [runId],
    temporalStatus: 'COMPLETED',
    startedAtMs: 1000,
    endedAtMs: 9000,
    plan: { version: 'v2' },
    events: 31,
    actions: [
      {
        atMs: 1000,
        eventId: 1,
        via: 'start',
        name: 'start',
        actor: 'ada',
        reason: 'why',
        requestId: null,
        identity: 'api@host',
        refused: null,
      },
      {
        atMs: 2000,
        eventId: 9,
        via: 'signal',
        name: 'rollback',
        actor: null,
        reason: 'bad\u001b[2J \u202enow',
        requestId: null,
        identity: 'cli:bob',
        refused: null,
      },
    ],
    watches: [],
    writes: [
      {
        atMs: 3000,
        eventId: 12,
        activity: 'restore',
        stage: null,
        epoch: 1,
        askedPercent: 0,
        readBack: { attempts: 1, tookMs: 6 },
        tookMs: 12,
        attempt: 1,
        failure: null,
      },
    ],
    failures: [],
    timeline: [],
    replay: { agreed: true, detail: 'The same story.' },
  };
  const good = await sluice(['audit', 'demo/shop'], { audit: async () => audit });
  expect(good.code).toBe(0);
  expect(good.out).toContain('start, ada: why (recorded by Temporal: api@host)');
  expect(good.out).toContain(
    'rollback by signal, nobody named: bad [2J  now (recorded by Temporal: cli:bob)',
  );
  expect(good.out).toContain('restore to 0 %: read back as asked, attempt 1, 12 ms');
  expect(good.out).toContain('replay: agreed. The same story.');
  const replay = { agreed: false, detail: 'It differs.' };
  const bad = await sluice(['audit', 'demo/shop'], { audit: async () => ({ ...audit, replay }) });
  expect([bad.code, bad.out.includes('replay: NOT agreed. It differs.')]).toEqual([1, true]);
});

test('watch tells the story line by line and ends with the rollout', async () => {
  let looks = 0;
  const { code, out } = await sluice(['watch', 'demo/shop'], {
    get: async () => (++looks < 3 ? viewOf() : ended),
  });
  expect(code).toBe(0);
  expect(out).toContain('started          rollout of shop v2 to demo (ada)');
  expect(out.trimEnd().split('\n').at(-1)).toBe('demo/shop v2 promoted');
});

test('watch on a terminal redraws in place', async () => {
  const io = fakeIo({ isTTY: true, env: { NO_COLOR: '1' } });
  const { code, out } = await sluice(['watch', 'demo/shop'], { get: async () => rolledBack }, io);
  expect(code).toBe(6);
  expect(out).toContain('\u001b[J');
});

test('watch --json prints one JSON object a line', async () => {
  const { out } = await sluice(['watch', 'demo/shop', '--json'], { get: async () => ended });
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ event: 'status', data: { outcome: 'promoted' } });
});

test('watch of a terminated rollout exits 1', async () => {
  const view = viewOf({}, { temporalStatus: 'TERMINATED', endedAtMs: 5000 });
  const { code, out } = await sluice(['watch', 'demo/shop'], { get: async () => view });
  expect(code).toBe(1);
  expect(out).toContain('terminated');
});

test('an API that cannot be reached exits 5 and says how to start one', async () => {
  const io = fakeIo();
  expect(await main(['status', 'demo/shop', '--api', 'http://127.0.0.1:1'], io)).toBe(5);
  expect(io.printed.err).toContain('cannot be reached');
  expect(io.printed.err).toContain('sluice up');
});

test('something else that answers on the address is not mistaken for the API', async () => {
  const io = fakeIo({ fetch: async () => new Response('<html>', { status: 200 }) });
  expect(await main(['status', 'demo/shop'], io)).toBe(1);
  const other = fakeIo({ fetch: async () => Response.json({ hello: 'world' }) });
  expect(await main(['status', 'demo/shop'], other)).toBe(1);
  expect(other.printed.err).toContain('does not speak as this sluice expects');
});

test('an unknown verb or option exits 2, help exits 0 and tells the exit codes', async () => {
  const io = fakeIo();
  expect(await main(['stauts', 'demo/shop'], io)).toBe(2);
  expect(io.printed.err).toContain('Did you mean status');
  expect(await main(['status', 'demo/shop', '--bogus'], fakeIo())).toBe(2);
  const help = fakeIo();
  expect(await main(['--help'], help)).toBe(0);
  expect(help.printed.out).toContain('Exit codes:');
  expect(await main(['rollback', '--help'], fakeIo())).toBe(0);
});

test.each([
  ['rbac', [0, 1, 2]],
  ['import', [0, 1, 2]],
  ['up', [0, 1, 2, 130]],
  ['status', [0, 1, 2, 3, 4, 5, 130]],
  ['rollback', [0, 1, 2, 3, 4, 5, 130]],
  ['start', [0, 1, 2, 3, 4, 5, 6, 7, 130]],
  ['ci', [0, 1, 2, 3, 4, 5, 6, 7, 130]],
])('help of %s has only the exit codes with which it may end', async (verb, codes) => {
  const io = fakeIo();
  await main([verb, '--help'], io);
  const listed = io.printed.out.split('Exit codes:')[1] ?? '';
  expect([...listed.matchAll(/^ +(\d+) {2}\S/gm)].map(([, code]) => Number(code))).toEqual(codes);
});

test('an API that cannot be reached is problem details too', async () => {
  const io = fakeIo();
  await main(['status', 'demo/shop', '--json', '--api', 'http://127.0.0.1:1'], io);
  expect(problemSchema.parse(JSON.parse(io.printed.out))).toMatchObject({
    type: 'about:blank',
    title: 'Api unavailable',
    status: 0,
    code: 'api-unavailable',
  });
});
