/** Syslog against a real TLS listener that reads frames by their count of octets. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { syslog } from '../../../src/providers/notifiers/syslog.ts';
import { framed, syslogMessage } from '../../../src/providers/notifiers/syslog-message.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { messageFixture, noticeFixture, subjectFixture, told } from '../../support/notices.ts';
import { endable, listening } from '../health/servers.ts';
import { notifierContract, patientMs } from './suite.ts';

notifierContract(syslog, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-syslog-'));
  const { ca, server: pair, client } = await makeCertificates(folder);
  let taken: string[] = [];
  let how: 'well' | 'busy' | 'silent' = 'well';
  const server = createServer(
    {
      cert: readFileSync(pair.cert),
      key: readFileSync(pair.key),
      ca: readFileSync(ca),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket) => {
      socket.on('error', () => {});
      if (how !== 'well') return;
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('end', () => {
        taken.push(...framesIn(Buffer.concat(chunks)));
        socket.end();
      });
    },
  );
  server.on('tlsClientError', () => {});
  server.on('connection', (socket: Socket) => {
    if (how === 'busy') socket.resetAndDestroy();
  });
  const close = endable(server);
  const [host = '', port = ''] = (await listening(server)).split(':');
  return {
    notifier: syslog.create({ host, port: Number(port), ca, cert: client.cert, key: { file: client.key } }),
    taken: async () => {
      const fresh = taken;
      taken = [];
      return fresh;
    },
    behave: (next) => {
      how = next;
    },
    secrets: [readFileSync(client.key, 'utf8').split('\n')[1] ?? 'no key'],
    close: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

it.each([
  ['', 0],
  [', also when it had no time to look', 400],
])('takes a listener that closes at once for one that has taken nothing%s', async (_, busyMs) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-syslog-'));
  const { ca, server: pair } = await makeCertificates(folder);
  // As rsyslog does when it wants a certificate and gets none: after the handshake, and in peace.
  const options = { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
  const server = createServer(options, (socket) => {
    socket.end();
    for (const untilMs = performance.now() + busyMs; performance.now() < untilMs; );
  });
  const close = endable(server);
  const [host = '', port = ''] = (await listening(server)).split(':');
  const notifier = syslog.create({ host, port: Number(port), ca });
  const message = told(messageFixture(noticeFixture('rollout.started')));
  await expect(notifier.tell(message, AbortSignal.timeout(patientMs))).rejects.toMatchObject({
    code: 'notify-failed',
    message: expect.stringContaining('closed the connection at once'),
  });
  await close();
  rmSync(folder, { recursive: true, force: true });
});

function framesIn(octets: Buffer): string[] {
  const frames: string[] = [];
  let at = 0;
  while (at < octets.length) {
    const space = octets.indexOf(' ', at);
    const length = Number(octets.subarray(at, space).toString());
    frames.push(octets.subarray(space + 1, space + 1 + length).toString('utf8'));
    at = space + 1 + length;
  }
  return frames;
}

describe('a message of syslog', () => {
  const place = { hostname: 'worker-1', facility: 13, enterprise: 32_473 };

  it('is RFC 5424 with structured data, and its frame counts octets', () => {
    const notice = noticeFixture('rollback.begun', { severity: 'critical', text: 'größer als 1 %' });
    const message = syslogMessage(subjectFixture(), notice, place);
    expect(message).toMatch(
      /^<106>1 2023-11-14T22:13:20\.000Z worker-1 sluice - rollback\.begun \[sluice@32473 key="[^"]+" event="rollback\.begun" /,
    );
    expect(message.endsWith('] \ufeffprod/shop v2: title of rollback.begun: größer als 1 %')).toBe(true);
    expect(framesIn(Buffer.concat([framed(message), framed('next')]))).toEqual([message, 'next']);
  });

  it('lets nothing that others wrote end its data or begin another message', () => {
    const notice = noticeFixture('rollout.started', { actor: 'a"] evil\n<1>1 ', text: 'one\ntwo' });
    const message = syslogMessage(subjectFixture(), notice, place);
    expect(message).not.toContain('\n');
    expect(message).toContain('actor="a\\"\\] evil <1>1 "');
  });
});
