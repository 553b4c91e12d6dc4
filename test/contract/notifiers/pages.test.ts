/** Notifiers that page people: PagerDuty, a real Alertmanager, Teams. */
import { describe, expect, it } from 'vitest';
import { alertmanagerNotifier } from '../../../src/providers/notifiers/alertmanager.ts';
import { pagerduty } from '../../../src/providers/notifiers/pagerduty.ts';
import { teams } from '../../../src/providers/notifiers/teams.ts';
import { startAlertmanager } from '../../support/alertmanager.ts';
import { messageFixture, noticeFixture, told } from '../../support/notices.ts';
import { postedTo, receiver } from './receiver.ts';
import { notifierContract, patientMs } from './suite.ts';

process.env.TEST_PD_KEY = 's3cret-routing-key';
const begun = noticeFixture('rollback.begun', { trouble: 'opened', severity: 'warning' });
const late = noticeFixture('restore.late', { trouble: 'opened', severity: 'critical' });
const restored = noticeFixture('rollback.restored', { trouble: 'resolved', severity: 'critical' });
const soon = () => AbortSignal.timeout(patientMs);

notifierContract(pagerduty, async () => {
  const server = await receiver(() => ({ status: 202, body: { status: 'success' } }));
  return {
    notifier: pagerduty.create({ routingKey: { env: 'TEST_PD_KEY' }, url: server.url }),
    // The key stands in the body, as PagerDuty wants it.
    taken: async () => postedTo(server).map((body) => body.replace('s3cret-routing-key', '')),
    behave: server.behave,
    secrets: ['s3cret-routing-key'],
    close: server.close,
  };
});

notifierContract(teams, async () => {
  const server = await receiver(() => ({ status: 202 }));
  process.env.TEST_TEAMS_URL = `${server.url}/workflows/s3cretpath?sig=s3cretsig`;
  return {
    notifier: teams.create({ url: { env: 'TEST_TEAMS_URL' } }),
    taken: async () => postedTo(server),
    behave: server.behave,
    secrets: ['s3cretpath', 's3cretsig'],
    close: server.close,
  };
});

/** A real Alertmanager, behind a stand-in that can be busy or silent in its place. */
notifierContract(alertmanagerNotifier, async () => {
  const real = await startAlertmanager();
  const server = await receiver();
  const through = alertmanagerNotifier.create({ url: real.url });
  const broken = alertmanagerNotifier.create({ url: server.url });
  let well = true;
  let before = '[]';
  return {
    notifier: { tell: (...given) => (well ? through : broken).tell(...given), close: async () => {} },
    taken: async () => {
      const answer = await fetch(`${real.url}/api/v2/alerts?filter=alertname="SluiceRollout"`);
      const alerts = (await answer.json()) as { updatedAt: string }[];
      const now = JSON.stringify(alerts);
      const changed = now !== before;
      before = now;
      return changed ? ['shop'] : [];
    },
    behave: (how) => {
      well = how === 'well';
      server.behave(how);
    },
    secrets: [],
    close: async () => {
      await server.close();
      await real.stop();
    },
  };
});

describe('pagerduty', () => {
  it('triggers, acknowledges and resolves one alert of a rollout, and pages nobody for what goes well', async () => {
    const server = await receiver(() => ({ status: 202 }));
    const notifier = pagerduty.create({ routingKey: { env: 'TEST_PD_KEY' }, url: server.url });
    const ack = noticeFixture('trouble.acknowledged', { severity: 'warning' });
    for (const notice of [noticeFixture('stage.begun'), begun, ack, restored]) {
      await notifier.tell(told(messageFixture(notice)), soon());
    }
    const sent = server.received.map(
      ({ body }) => JSON.parse(body) as { event_action: string; dedup_key: string },
    );
    expect(sent.map(({ event_action }) => event_action)).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(new Set(sent.map(({ dedup_key }) => dedup_key)).size).toBe(1);
    expect(sent[0]).toMatchObject({
      payload: { severity: 'warning', source: 'prod/shop', component: 'shop' },
    });
    await server.close();
  });
});

describe('alertmanager', () => {
  it('has one alert at a time, of the severity that the trouble has now, and none after it', async () => {
    const real = await startAlertmanager();
    const notifier = alertmanagerNotifier.create({ url: real.url, labels: { team: 'shop' } });
    const firing = async () => {
      const answer = await fetch(`${real.url}/api/v2/alerts`);
      const alerts = (await answer.json()) as { labels: Record<string, string>; endsAt: string }[];
      return alerts
        .filter(({ endsAt }) => Date.parse(endsAt) > Date.now())
        .map(({ labels }) => labels.severity);
    };
    const nowMs = Date.now();
    const at = <T extends object>(notice: T) => ({ ...notice, atMs: nowMs });
    let thread = await notifier.tell(told(messageFixture(at(begun))), soon());
    await expect.poll(firing).toEqual(['warning']);
    thread = await notifier.tell(told({ ...messageFixture(at(late)), thread }), soon());
    await expect.poll(firing).toEqual(['critical']);
    await notifier.tell(told({ ...messageFixture(at(restored)), thread }), soon());
    await expect.poll(firing).toEqual([]);
    await real.stop();
  });
});
