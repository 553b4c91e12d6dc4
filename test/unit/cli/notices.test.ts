/** `sluice notices`, `ack` and `incidents`: what they print, and the exit code. */
import { expect, test } from 'vitest';
import type { IncidentView, NoticesView } from '../../../src/api/contract.ts';
import type { NoticeService } from '../../../src/api/service.ts';
import { newIncident, onReport } from '../../../src/domain/incident/state.ts';
import { noticeFixture, subjectFixture } from '../../support/notices.ts';
import { failing, runId, viewOf } from '../api/fakes.ts';
import { fakeIo, sluice } from './fakes.ts';

const notices: NoticesView = {
  target: 'prod/shop',
  runId,
  receivers: [
    {
      name: 'team',
      pending: 0,
      oldestAtMs: null,
      delivered: 3,
      cooled: 1,
      lost: 0,
      lastDeliveredAtMs: 1_700_000_000_000,
      lastProblem: null,
      failing: null,
    },
    {
      name: 'audit',
      pending: 2,
      oldestAtMs: 1_700_000_000_000,
      delivered: 0,
      cooled: 0,
      lost: 0,
      lastDeliveredAtMs: null,
      lastProblem: null,
      failing: { attempts: 7, problem: 'it answered 500', nextAtMs: null },
    },
  ],
  trouble: {
    event: 'rollback.begun',
    severity: 'warning',
    title: 'rollback begun',
    text: 'errors: 5 %',
    sinceMs: 1_700_000_000_000,
    ack: null,
    escalatesAtMs: 1_700_000_900_000,
  },
  complete: false,
};
const begun = noticeFixture('rollback.begun', {
  trouble: 'opened',
  severity: 'warning',
  title: 'rollback begun',
});
const incident = {
  ...onReport(newIncident('prod/shop', 1_000), subjectFixture(), begun),
  runId,
  links: { self: '/self', review: '/review' },
} as IncidentView;

const run = (args: readonly string[], service: Partial<NoticeService>) => sluice(args, {}, fakeIo(), service);

test('notices shows who was told, who is behind and why, and what is open', async () => {
  const { code, out } = await run(['notices', 'prod/shop'], { of: async () => notices });
  expect(code).toBe(0);
  expect(out).toMatch(/^team +3 +- +0 +1 +2023-11-14 22:13:20 +-$/m);
  expect(out).toMatch(/^audit +0 +2, since .* +7 attempts: it answered 500$/m);
  expect(out).toContain('open since 2023-11-14 22:13:20 (warning): rollback begun: errors: 5 %');
  expect(out).toContain('nobody has acknowledged it; others are told at 2023-11-14 22:28:20');
});

test('status names who could not be told and what nobody has taken on, and does without where nobody is told', async () => {
  const get = async () => viewOf();
  const { out } = await sluice(['status', 'prod/shop'], { get }, fakeIo(), { of: async () => notices });
  expect(out).toContain('not told: audit, 2 waiting, 0 lost: it answered 500\n');
  expect(out).toContain('nobody has acknowledged: rollback begun (`sluice ack prod/shop`)\n');
  const silent = await sluice(['status', 'prod/shop'], { get }, fakeIo(), {
    of: failing('notices-not-found', 'No.'),
  });
  expect(silent.code).toBe(0);
  expect(silent.out).not.toContain('not told');
});

test('ack says who, and exits 3 when nothing is open', async () => {
  const asked: unknown[] = [];
  const acknowledge: NoticeService['acknowledge'] = async (...given) => {
    asked.push(given);
    return { accepted: true, via: 'update', notices: null };
  };
  const { code, out } = await run(['ack', 'prod/shop', '--reason', 'on it'], { acknowledge });
  expect([code, out]).toEqual([0, 'prod/shop: acknowledged\n']);
  expect(asked).toEqual([
    [{ environment: 'prod', service: 'shop' }, { actor: 'ada', reason: 'on it' }, null],
  ]);
  const refused = await run(['ack', 'prod/shop'], {
    acknowledge: failing('command-refused', 'Nothing is open.'),
  });
  expect(refused.code).toBe(3);
});

test('where no incident is listed it is said where those of emergencies are', async () => {
  const none = await run(['incidents'], { incidents: async () => ({ incidents: [], next: null }) });
  expect([none.code, none.out]).toEqual([0, 'no incidents\n']);
  expect(none.err).toBe('those of emergencies are in `sluice emergencies`\n');
});

test('incidents are listed, shown, reviewed and closed', async () => {
  const { rollouts: _rollouts, timeline: _timeline, ...summary } = incident;
  const service: Partial<NoticeService> = {
    incidents: async () => ({ incidents: [{ ...summary, versions: ['v2'] }], next: null }),
    incident: async () => incident,
    close: async () => ({ ...incident, state: 'closed' }),
  };
  expect((await run(['incidents', '--open'], service)).out).toMatch(/^prod\/shop +2 +open +2023-11-14/m);
  expect((await run(['incidents', 'show', 'prod/shop'], service)).out).toContain('rollback.begun');
  expect((await run(['incidents', 'review', 'prod/shop'], service)).out).toContain('## Root cause');
  const closed = await run(['incidents', 'close', 'prod/shop', '--reason', 'done'], service);
  expect([closed.code, closed.out]).toEqual([0, 'the incident of prod/shop is closed\n']);
  expect((await run(['incidents', 'show', 'shop'], service)).code).toBe(2);
  const none = await run(['incidents', 'show', 'prod/x'], {
    incident: failing('incident-not-found', 'None.'),
  });
  expect(none.code).toBe(4);
});
