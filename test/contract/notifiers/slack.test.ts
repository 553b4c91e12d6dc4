import { describe, expect, it } from 'vitest';
import { slack } from '../../../src/providers/notifiers/slack.ts';
import { slackWebhook } from '../../../src/providers/notifiers/slack-webhook.ts';
import { messageFixture, noticeFixture, told } from '../../support/notices.ts';
import { postedTo, receiver } from './receiver.ts';
import { notifierContract, patientMs } from './suite.ts';

process.env.TEST_SLACK_TOKEN = 'xoxb-s3cret';

/** Slack's Web API as far as Sluice speaks it. */
function workspace() {
  let count = 0;
  return receiver(({ path, headers }) => {
    if (headers.authorization !== 'Bearer xoxb-s3cret') {
      return { status: 200, body: { ok: false, error: 'invalid_auth' } };
    }
    if (path === '/chat.update') return { status: 200, body: { ok: true } };
    count += 1;
    return { status: 200, body: { ok: true, ts: `1700000000.00000${count}`, channel: 'C01' } };
  });
}

notifierContract(slack, async () => {
  const server = await workspace();
  return {
    notifier: slack.create({ token: { env: 'TEST_SLACK_TOKEN' }, channel: 'C01', url: server.url }),
    taken: async () => postedTo(server),
    behave: server.behave,
    secrets: ['xoxb-s3cret'],
    // A head, and the news under it.
    perTrouble: 2,
    close: server.close,
  };
});

notifierContract(slackWebhook, async () => {
  const server = await receiver();
  process.env.TEST_SLACK_URL = `${server.url}/services/T0/B0/s3cretpath`;
  return {
    notifier: slackWebhook.create({ url: { env: 'TEST_SLACK_URL' } }),
    taken: async () => postedTo(server),
    behave: server.behave,
    secrets: ['s3cretpath'],
    close: server.close,
  };
});

describe('slack', () => {
  it('keeps one thread for a rollout, and writes its head anew in place', async () => {
    const server = await workspace();
    const notifier = slack.create({ token: { env: 'TEST_SLACK_TOKEN' }, channel: 'C01', url: server.url });
    const signal = AbortSignal.timeout(patientMs);
    const first = await notifier.tell(told(messageFixture(noticeFixture('rollout.started'))), signal);
    expect(first).toEqual({ ts: '1700000000.000001', channel: 'C01' });
    const next = messageFixture(noticeFixture('rollback.begun', { text: '<!channel> & co' }));
    await notifier.tell(told({ ...next, thread: first }), signal);
    const calls = server.received.map(({ path, body }) => ({ path, ...(JSON.parse(body) as object) }));
    expect(calls).toMatchObject([
      { path: '/chat.postMessage', channel: 'C01' },
      { path: '/chat.postMessage', thread_ts: '1700000000.000001' },
      { path: '/chat.postMessage', thread_ts: '1700000000.000001' },
      { path: '/chat.update', ts: '1700000000.000001', channel: 'C01' },
    ]);
    // What others wrote mentions nobody.
    expect(JSON.stringify(calls)).not.toContain('<!channel>');
    expect(JSON.stringify(calls)).toContain('&lt;!channel&gt; &amp; co');
    await server.close();
  });

  it('keeps the place of a head whose news did not get through, so that there is no second head', async () => {
    let posts = 0;
    const server = await receiver(({ path }) => {
      if (path === '/chat.postMessage') posts += 1;
      return posts === 2
        ? { status: 503 }
        : { status: 200, body: { ok: true, ts: `${posts}.0`, channel: 'C01' } };
    });
    const notifier = slack.create({ token: { env: 'TEST_SLACK_TOKEN' }, channel: 'C01', url: server.url });
    const message = messageFixture(noticeFixture('rollout.started'));
    const kept: Record<string, string>[] = [];
    await expect(notifier.tell(told(message, kept), AbortSignal.timeout(patientMs))).rejects.toThrow(/503/);
    expect(kept).toEqual([{ ts: '1.0', channel: 'C01' }]);
    await notifier.tell(told({ ...message, thread: kept[0] ?? null }), AbortSignal.timeout(patientMs));
    const heads = server.received.filter(
      ({ body }) => !body.includes('thread_ts') && body.includes('blocks'),
    );
    expect(heads.map(({ path }) => path)).toEqual(['/chat.postMessage', '/chat.update']);
    await server.close();
  });

  it('says what Slack says, and tries on where a person may put it right', async () => {
    const server = await receiver(() => ({ status: 200, body: { ok: false, error: 'not_in_channel' } }));
    const notifier = slack.create({ token: { env: 'TEST_SLACK_TOKEN' }, channel: 'C01', url: server.url });
    const message = told(messageFixture(noticeFixture('rollout.started')));
    await expect(notifier.tell(message, AbortSignal.timeout(patientMs))).rejects.toMatchObject({
      code: 'notify-failed',
      message: 'Slack could not be told: it said not_in_channel.',
    });
    await server.close();
  });
});
