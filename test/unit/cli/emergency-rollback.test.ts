/** `sluice rollback --emergency` and `sluice emergencies`: what they ask, send, print and exit with. */
import { expect, test } from 'vitest';
import type { EmergencyOpened, EmergencyView } from '../../../src/api/contract.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { emergencyViewOf, runId, targetRecordOf } from '../api/fakes.ts';
import { fakeIo, sluice } from './fakes.ts';

const opened: EmergencyOpened = {
  id: 'prod',
  workflowId: 'emergency/prod',
  runId,
  created: true,
  workerSeen: true,
  stop: {
    restored: [{ target: 'prod/shop', traffic: 'main', tookMs: 2 }],
    notRestored: [{ target: 'prod/cart', traffic: 'edge', problem: 'away' }],
    listProblem: null,
  },
  links: { self: '/v1/emergency-rollbacks/prod' },
};
const emergency = ['rollback', '--emergency', '--reason', 'fire', '--scope'];
const restored = { phase: 'restored', sweeps: 2 } as const;

/** Answers with each view once, and with the last one for ever. */
function views(...all: EmergencyView[]) {
  let index = 0;
  return async () => all[Math.min(index++, all.length - 1)] as EmergencyView;
}

test('sends scope, version, reason and who asks, and shows each target until all are verified', async () => {
  const shop = targetRecordOf({ target: 'prod/shop', progress: 'verified', version: 'v1' });
  const away = targetRecordOf({ target: 'prod/cart', progress: 'not-restored', reason: 'edge is away' });
  const back = targetRecordOf({ target: 'prod/cart', progress: 'verified', version: 'v1' });
  const { code, out, err, calls } = await sluice([...emergency, 'prod', '--to', 'previous'], {
    openEmergency: async () => opened,
    emergency: views(
      emergencyViewOf({ targets: [shop, away] }),
      emergencyViewOf({ targets: [shop, away] }),
      emergencyViewOf({ targets: [shop, back], ...restored }),
    ),
  });
  expect(code).toBe(0);
  expect(calls[0]?.args[0]).toEqual({ scope: ['prod'], to: 'previous', reason: 'fire', actor: 'ada' });
  const lines = out.replaceAll(/^\d\d:\d\d:\d\d {2}/gm, '').split('\n');
  expect(lines).toEqual([
    'emergency "prod" is open',
    'stopped prod/shop in 2 ms',
    'prod/shop  verified, v1 is stable',
    'prod/cart  not restored: edge is away',
    'prod/cart  verified, v1 is stable',
    '2 of 2 restored',
    'no rollout there can begin until `sluice rollback --emergency --release --scope prod --reason …`',
    '',
  ]);
  expect(err).toBe('not stopped directly: prod/cart: away\n');
});

test.each([
  [{ unknown: ['prod/typo'] }, 'no rollout of prod/typo is known'],
  [{ targets: [targetRecordOf({ progress: 'left', reason: 'no version known' })] }, 'NOT restored'],
])('exits 1 when something could not be brought back: %j', async (status, text) => {
  const { code, out } = await sluice([...emergency, 'prod'], {
    openEmergency: async () => opened,
    emergency: views(emergencyViewOf({ ...restored, ...status })),
  });
  expect(code).toBe(1);
  expect(out).toContain(text);
});

test('with --json prints the last view, and with --detach only how it began', async () => {
  const answers = {
    openEmergency: async () => opened,
    emergency: views(emergencyViewOf(), emergencyViewOf(restored)),
  };
  const done = await sluice([...emergency, 'prod', '--json'], answers);
  expect([done.code, JSON.parse(done.out).status.phase]).toEqual([0, 'restored']);
  const begun = await sluice([...emergency, 'prod', '--json', '--detach'], answers);
  expect([begun.code, JSON.parse(begun.out)]).toEqual([0, opened]);
});

test('a target that was never rolled out is refused with the way to block it all the same: --force', async () => {
  const refused = async () => {
    throw new SluiceError('rollout-not-found', 'No rollout of prod/typo is known; send it with `--force`.');
  };
  const first = await sluice([...emergency, 'prod/typo'], { openEmergency: refused });
  expect([first.code, first.err]).toEqual([4, expect.stringContaining('--force')]);
  const forced = await sluice([...emergency, 'prod/new', '--detach', '--force'], {
    openEmergency: async () => opened,
  });
  expect([forced.code, forced.calls[0]?.args[0]]).toMatchObject([0, { scope: ['prod/new'], force: true }]);
});

test('at Ctrl-C it says that the emergency goes on', async () => {
  const io = fakeIo({ sleep: async () => io.interrupt.abort() });
  const { code, err } = await sluice(
    [...emergency, 'prod'],
    { openEmergency: async () => opened, emergency: views(emergencyViewOf()) },
    io,
  );
  expect(code).toBe(130);
  expect(err).toContain('the emergency goes on');
});

test('waits for an API or a worker that is away, and says so once', async () => {
  let asked = 0;
  const { code, out } = await sluice([...emergency, 'prod'], {
    openEmergency: async () => opened,
    emergency: async () => {
      asked += 1;
      if (asked <= 2) throw new SluiceError('temporal-unavailable', 'Temporal is away.');
      if (asked <= 4) return { ...emergencyViewOf(), status: null, workerAnswered: false };
      return emergencyViewOf(restored);
    },
  });
  expect(code).toBe(0);
  expect(out.match(/cannot see it now: Temporal is away/g)).toHaveLength(1);
  expect(out.match(/no worker answers/g)).toHaveLength(1);
});

test.each([
  ['rollback', 0, true],
  ['no', 2, false],
])('on a terminal the answer "%s" decides', async (answer, code, sent) => {
  let asked = '';
  const ask = async (question: string) => {
    asked = question;
    return answer;
  };
  const done = await sluice(
    [...emergency, 'prod', '--to', 'v1', '--detach'],
    { openEmergency: async () => opened },
    fakeIo({ canAsk: true, ask }),
  );
  expect(asked).toContain('everything in prod back, promoted versions too (to v1)');
  expect([done.code, done.calls.length > 0]).toEqual([code, sent]);
});

test.each([
  [['rollback', '--emergency', '--scope', 'all'], 'needs a reason'],
  [['rollback', '--emergency', '--reason', 'fire'], 'must name'],
  [[...emergency, 'all', 'prod'], 'no other word'],
  [[...emergency, ',,'], 'must name'],
  [[...emergency, 'Demo'], '"Demo" can be no name'],
  [['rollback', 'prod/shop', '--emergency', '--scope', 'all', '--reason', 'x'], 'takes no target'],
  [[...emergency, 'prod', '--release', '--to', 'v1'], 'takes no --to'],
  [['rollback', 'prod/shop', '--scope', 'all'], 'of an emergency'],
  [['rollback'], 'not named'],
])('refuses %j', async (args, why) => {
  const { code, err, calls } = await sluice(args);
  expect([code, calls]).toEqual([2, []]);
  expect(err).toContain(why);
});

test('releases by the same scope, whose id has a slash', async () => {
  const { code, out, calls } = await sluice([...emergency, 'prod/shop', '--release'], {
    releaseEmergency: async () => ({ accepted: true, via: 'update', status: null }),
  });
  expect(calls[0]?.args).toEqual(['prod/shop', { actor: 'ada', reason: 'fire' }, null]);
  expect([code, out]).toEqual([0, 'emergency "prod/shop" released: rollouts may begin again\n']);
});

test('several words may be apart by commas, as they are opened and released', async () => {
  const done = await sluice([...emergency, 'prod,demo/shop', '--detach'], {
    openEmergency: async () => opened,
  });
  expect(done.calls[0]?.args[0]).toMatchObject({ scope: ['demo/shop', 'prod'] });
  const apart = await sluice([...emergency, 'demo/shop', 'prod', '--release']);
  const together = await sluice([...emergency, 'prod,demo/shop', '--release']);
  expect(together.calls[0]?.args[0]).toBe(apart.calls[0]?.args[0]);
});

test('releases what an earlier version opened with a word that is none by now', async () => {
  const { calls } = await sluice([...emergency, 'Prod', '--release']);
  expect(calls[0]?.args[0]).toBe('Prod');
});

test('lists a stop of everything before the emergencies, with who ordered it and the way to its release', async () => {
  const { code, out } = await sluice(['emergencies'], {
    emergencies: async () => ({ emergencies: [], next: null }),
    stopOfAll: async () => ({
      stops: [
        { traffic: 'haproxy', stopped: true },
        { traffic: 'edge', stopped: null },
      ],
      orders: [{ actor: 'ada', reason: 'fire', atMs: 1_000, emergency: null }],
    }),
  });
  expect([code, out.split('\n')]).toEqual([
    0,
    [
      'everything behind haproxy is stopped, so no rollout can begin there',
      '  last ordered through this API: 1970-01-01 00:00:01 UTC, ada: fire; release it with `sluice emergency-stop --release`',
      'whether everything behind edge is stopped cannot be seen',
      'no emergencies',
      '',
    ],
  ]);
});

test('lists emergencies', async () => {
  const { code, out, err, calls } = await sluice(['emergencies', '--open'], {
    emergencies: async () => ({ emergencies: [emergencyViewOf()], next: 'abc' }),
  });
  expect([code, calls[0]?.args[0]]).toEqual([0, { open: 'true', limit: 50 }]);
  expect(err).toBe('more: add --cursor abc\n');
  expect(out).toMatch(/SCOPE.*\nprod +open, restoring +1970-01-01 00:00:01 +- +ada +fire/);
});
