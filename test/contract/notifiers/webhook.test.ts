import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { webhook } from '../../../src/providers/notifiers/webhook.ts';
import { messageFixture, noticeFixture, told } from '../../support/notices.ts';
import { postedTo, receiver } from './receiver.ts';
import { notifierContract, patientMs } from './suite.ts';

process.env.TEST_HOOK_SECRET = 's3cret-of-the-hook';
process.env.TEST_HOOK_LOGIN = 'Bearer s3cret-login';
const secrets = { secret: { env: 'TEST_HOOK_SECRET' }, authorization: { env: 'TEST_HOOK_LOGIN' } };

notifierContract(webhook, async () => {
  const server = await receiver();
  return {
    notifier: webhook.create({ url: `${server.url}/hook`, ...secrets }),
    taken: async () => postedTo(server),
    behave: server.behave,
    secrets: ['s3cret-of-the-hook', 's3cret-login'],
    close: server.close,
  };
});

describe('webhook', () => {
  const promoted = noticeFixture('rollout.promoted', { key: 'run-1/9/promoted/1' });

  it('sends a CloudEvent, structured and signed, and the CDEvent that says the same', async () => {
    const server = await receiver();
    const notifier = webhook.create({ url: server.url, ...secrets });
    await notifier.tell(told(messageFixture(promoted)), AbortSignal.timeout(patientMs));
    const [own, cd] = server.received;
    expect(own?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(JSON.parse(own?.body ?? '')).toMatchObject({
      specversion: '1.0',
      id: 'run-1/9/promoted/1',
      source: '/sluice/prod/shop',
      type: 'io.sluice.rollout.promoted',
      time: '2023-11-14T22:13:20.000Z',
      data: { severity: 'info', subject: { target: 'prod/shop' } },
    });
    expect(JSON.parse(cd?.body ?? '')).toMatchObject({
      type: 'dev.cdevents.service.upgraded.0.2.0',
      data: {
        context: { version: '0.4.1', type: 'dev.cdevents.service.upgraded.0.2.0' },
        subject: {
          id: 'shop',
          type: 'service',
          content: { environment: { id: 'prod' }, artifactId: 'pkg:generic/shop@v2' },
        },
      },
    });
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(own?.headers['x-sluice-signature'])) ?? [];
    const mac = createHmac('sha256', 's3cret-of-the-hook').update(`${t}.${own?.body}`).digest('hex');
    expect(v1).toBe(mac);
    await server.close();
  });

  it('sends attributes as headers in binary mode, with the data alone in the body', async () => {
    const server = await receiver();
    const notifier = webhook.create({ url: server.url, mode: 'binary', cdevents: false });
    await notifier.tell(told(messageFixture(promoted)), AbortSignal.timeout(patientMs));
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-type': 'io.sluice.rollout.promoted',
      'ce-id': 'run-1/9/promoted/1',
    });
    expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({ event: 'rollout.promoted' });
    await server.close();
  });

  it('goes on where it was when the second of two events did not get through', async () => {
    let calls = 0;
    const server = await receiver(() => ({ status: ++calls === 2 ? 500 : 200 }));
    const notifier = webhook.create({ url: server.url });
    const message = messageFixture(promoted);
    const kept: Record<string, string>[] = [];
    await expect(notifier.tell(told(message, kept), AbortSignal.timeout(patientMs))).rejects.toThrow(/500/);
    await notifier.tell(
      told({ ...message, thread: kept.at(-1) ?? null }, kept),
      AbortSignal.timeout(patientMs),
    );
    const ids = server.received.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(ids).toEqual(['run-1/9/promoted/1', 'run-1/9/promoted/1/cdevents', 'run-1/9/promoted/1/cdevents']);
    await server.close();
  });

  it('does not try again what is refused for good, and takes no address with a password', async () => {
    const server = await receiver(() => ({ status: 422 }));
    const notifier = webhook.create({ url: server.url });
    await expect(
      notifier.tell(told(messageFixture(promoted)), AbortSignal.timeout(patientMs)),
    ).rejects.toMatchObject({ code: 'notify-refused', retryable: false });
    await server.close();
    expect(() => webhook.create({ url: 'https://ann:s3cret@example.com' })).toThrow(
      /no user name and no password/,
    );
  });
});
