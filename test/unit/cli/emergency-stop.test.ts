/** `sluice emergency-stop` and the express lane of `sluice rollback`: what they ask, print and exit with. */
import { expect, test } from 'vitest';
import type { EmergencyAnswer } from '../../../src/api/contract.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { statusOf } from '../api/fakes.ts';
import { fakeIo, sluice } from './fakes.ts';

const stopped: EmergencyAnswer = {
  restored: [
    { target: '*', traffic: 'haproxy', tookMs: 2 },
    { target: 'demo/shop', traffic: 'haproxy', tookMs: 2 },
  ],
  notRestored: [],
  told: 1,
  notTold: [],
  listProblem: null,
};
const stop = ['emergency-stop', '--reason', 'fire', '--scope'];

test('sends scope, reason and who asks, and says what was stopped', async () => {
  const { code, out, err, calls } = await sluice([...stop, 'all'], { emergencyStop: async () => stopped });
  expect([code, err]).toEqual([0, '']);
  expect(calls[0]?.args[0]).toEqual({ scope: 'all', reason: 'fire', actor: 'ada' });
  expect(out.split('\n')).toEqual([
    'stopped everything behind haproxy in 2 ms',
    'stopped demo/shop in 2 ms',
    '1 rollout told to roll back',
    'no rollout can begin until `sluice emergency-stop --release`',
    '',
  ]);
});

test('tells environments from targets', async () => {
  const { calls } = await sluice([...stop, 'demo', 'prod/shop'], { emergencyStop: async () => stopped });
  expect(calls[0]?.args[0]).toMatchObject({ scope: { environments: ['demo'], targets: ['prod/shop'] } });
});

test.each([
  [['demo,prod/shop']],
  [['demo,', 'prod/shop']],
  [['demo prod/shop']],
  [['demo', '--scope', 'prod/shop']],
])('words may be apart by commas and blanks: %j', async (words) => {
  const { calls } = await sluice([...stop, ...words], { emergencyStop: async () => stopped });
  expect(calls[0]?.args[0]).toMatchObject({ scope: { environments: ['demo'], targets: ['prod/shop'] } });
});

test('exits 1 and names what could not be stopped', async () => {
  const partly = {
    ...stopped,
    notRestored: [{ target: 'demo/cart', traffic: 'edge', problem: 'The data plane did not answer.' }],
    notTold: [{ target: 'demo/shop', problem: 'Temporal is away.' }],
    listProblem: null,
  };
  const { code, out, err } = await sluice([...stop, 'all'], { emergencyStop: async () => partly });
  expect(code).toBe(1);
  expect(out).toContain('stopped demo/shop');
  expect(err.split('\n')).toEqual([
    'NOT stopped: demo/cart: The data plane did not answer.',
    'not told to roll back: demo/shop: Temporal is away.',
    '',
  ]);
});

test.each([
  ['traffic-unavailable', 1],
  ['rollout-not-found', 4],
] as const)('names everything when nothing could be stopped: %s, exit %i', async (reason, exit) => {
  const { code, err } = await sluice([...stop, 'all'], {
    emergencyStop: async () => {
      throw new SluiceError(reason, 'Nothing was stopped.', {
        details: { notRestored: [{ target: 'demo/cart', traffic: 'edge', problem: 'away' }] },
      });
    },
  });
  expect(code).toBe(exit);
  expect(err).toContain('  demo/cart: away\n');
});

test.each([
  ['stop', 0, 1],
  ['no', 2, 0],
])('on a terminal the answer "%s" decides', async (answer, code, calls) => {
  let asked = '';
  const ask = async (question: string) => {
    asked = question;
    return answer;
  };
  const io = fakeIo({ canAsk: true, ask });
  const done = await sluice([...stop, 'all'], { emergencyStop: async () => stopped }, io);
  expect(asked).toContain('all canary traffic of all');
  expect([done.code, done.calls.length]).toEqual([code, calls]);
});

test('asks nobody with --yes', async () => {
  const io = fakeIo({ canAsk: true, ask: () => Promise.reject(new Error('asked')) });
  const { code } = await sluice([...stop, 'all', '--yes'], { emergencyStop: async () => stopped }, io);
  expect(code).toBe(0);
});

test.each([
  [['emergency-stop', '--scope', 'all'], 'needs a reason'],
  [['emergency-stop', '--reason', 'fire'], 'not named'],
  [[...stop, 'all', 'demo'], 'no other word'],
  [[...stop, ',,'], 'not named'],
  [[...stop, 'Demo'], '"Demo" can be no name'],
  [[...stop, 'demo/shop/1'], 'neither'],
  [[...stop, 'demo/*'], 'no pattern'],
  [[...stop, 'canary'], 'for canary'],
  [['emergency-stop', '--release', '--scope', 'all'], 'takes no --scope'],
])('refuses %j', async (args, why) => {
  const { code, err, calls } = await sluice(args);
  expect([code, calls]).toEqual([2, []]);
  expect(err).toContain(why);
});

test('releases, and exits 1 for a data plane that could not be', async () => {
  const done = await sluice(['emergency-stop', '--release'], {
    release: async () => ({ released: ['haproxy'], notReleased: [{ traffic: 'edge', problem: 'away' }] }),
  });
  expect(done.code).toBe(1);
  expect(done.out).toBe('haproxy: released; rollouts may begin again\n');
  expect(done.err).toBe('edge: NOT released: away\n');
});

test('a release says where nothing was stopped, and where else to look', async () => {
  const answer = { released: ['haproxy', 'edge'], notReleased: [], notStopped: ['edge'] };
  const { code, out } = await sluice(['emergency-stop', '--release'], { release: async () => answer });
  expect([code, out.split('\n').slice(0, 2)]).toEqual([
    0,
    [
      'haproxy: released; rollouts may begin again',
      'edge: nothing to release; no stop of everything was in force',
    ],
  ]);
  expect(out).toContain('`sluice emergencies`');
});

test.each([
  [{ written: true, tookMs: 3 }, 'the canary was stopped in the data plane within 3 ms'],
  [{ written: false, problem: 'away' }, 'could not be told directly: away'],
] as const)('a rollback tells what became of the express lane: %j', async (express, text) => {
  const { code, out } = await sluice(['rollback', 'demo/shop'], {
    command: async () => ({ accepted: true, via: 'update', status: statusOf(), express }),
  });
  expect(code).toBe(0);
  expect(out).toContain(text);
});

test('a rollback that only the data plane took says so', async () => {
  const express = { written: true, tookMs: 3 } as const;
  const { code, out } = await sluice(['rollback', 'demo/shop'], {
    command: async () => ({ accepted: true, via: 'stop', status: null, express }),
  });
  expect(code).toBe(0);
  expect(out).toMatch(/Temporal could not be told; the rollout finds the stop .* up to 10 minutes/);
});
