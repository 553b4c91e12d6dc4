/** E-mail against a real SMTP server in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { email } from '../../../src/providers/notifiers/email.ts';
import { messageFixture, noticeFixture, told } from '../../support/notices.ts';
import { notifierContract, patientMs } from './suite.ts';

process.env.TEST_SMTP_PASSWORD = 's3cret-of-the-mail';

interface Mail {
  readonly to: readonly string[];
  readonly message: string;
}

async function mailServer() {
  const script = join(import.meta.dirname, '../../support/smtp/server.mjs');
  const child = fork(script, ['sluice', 's3cret-of-the-mail'], { stdio: 'ignore' });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const mails: Mail[] = [];
  const waiting: (() => void)[] = [];
  child.on('message', (said: Mail | { heard: string }) => {
    if ('heard' in said) waiting.shift()?.();
    else mails.push(said);
  });
  return {
    port,
    mails,
    /** Resolves when the server does so, and has told of every mail that it took before. */
    behave: (how: string) =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        child.send(how);
      }),
    close: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

const settings = (port: number) => ({
  host: '127.0.0.1',
  port,
  tls: 'none',
  user: 'sluice',
  password: { env: 'TEST_SMTP_PASSWORD' },
  from: 'sluice@example.com',
  to: ['team@example.com', 'boss@example.com'],
});

notifierContract(email, async () => {
  const server = await mailServer();
  let seen = 0;
  return {
    notifier: email.create(settings(server.port)),
    taken: async () => {
      await server.behave('as before');
      const fresh = server.mails.slice(seen).map(({ message }) => message);
      seen = server.mails.length;
      return fresh;
    },
    behave: server.behave,
    secrets: ['s3cret-of-the-mail'],
    close: server.close,
  };
});

describe('email', () => {
  it('goes to everybody, in one thread, with an id that is the same for the same notice', async () => {
    const server = await mailServer();
    const notifier = email.create(settings(server.port));
    const signal = AbortSignal.timeout(patientMs);
    const begun = noticeFixture('rollback.begun', { severity: 'critical', title: 'rollback begun' });
    const thread = await notifier.tell(told(messageFixture(begun)), signal);
    await notifier.tell(told(messageFixture(begun)), signal);
    await notifier.tell(told({ ...messageFixture(noticeFixture('rollback.restored')), thread }), signal);
    await expect.poll(() => server.mails.length).toBe(3);
    const header = (at: number, name: string) =>
      new RegExp(`^${name}: (.*)$`, 'im').exec(server.mails[at]?.message ?? '')?.[1]?.trim();
    expect(server.mails[0]?.to).toEqual(['team@example.com', 'boss@example.com']);
    expect(header(0, 'Subject')).toBe('[critical] prod/shop v2: rollback begun');
    expect(header(1, 'Message-ID')).toBe(header(0, 'Message-ID'));
    expect(header(2, 'In-Reply-To')).toBe(header(0, 'Message-ID'));
    await server.close();
  });

  it('sends nothing without TLS unless the operator says so, and tells of a wrong password without it', async () => {
    const server = await mailServer();
    const message = told(messageFixture(noticeFixture('rollout.started')));
    const strict = email.create({ ...settings(server.port), tls: 'required' });
    await expect(strict.tell(message, AbortSignal.timeout(patientMs))).rejects.toMatchObject({
      code: 'notify-failed',
    });
    process.env.TEST_SMTP_WRONG = 'wr0ng';
    const wrong = email.create({ ...settings(server.port), password: { env: 'TEST_SMTP_WRONG' } });
    const error = await wrong
      .tell(message, AbortSignal.timeout(patientMs))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'notify-failed', message: expect.stringContaining('535') });
    expect(String(error)).not.toContain('wr0ng');
    expect(server.mails).toEqual([]);
    await server.close();
  });
});
