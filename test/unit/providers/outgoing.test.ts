import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { isLinkLocal, outgoing } from '../../../src/providers/outgoing.ts';
import { endable, listening } from '../../contract/health/servers.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const server = createServer((_request, response) => response.writeHead(status, headers).end(body));
  ends.push(endable(server));
  return `http://${await listening(server)}/report`;
}
const ask = (url: string) => outgoing(url, { maxBytes: 10 }, AbortSignal.timeout(5_000));

describe('a request to outside', () => {
  it('gives status and text of any answer that fits', async () => {
    expect(await ask(await answering(404, '0123456789'))).toMatchObject({ status: 404, text: '0123456789' });
  });

  it('refuses an answer that is too long, and one that leads elsewhere', async () => {
    await expect(ask(await answering(200, '0123456789+'))).rejects.toThrow('more than 10 bytes');
    const away = await answering(302, '', { location: 'http://169.254.169.254/' });
    await expect(ask(away)).rejects.toThrow('did not answer');
  });

  it('asks no link-local address, in whatever way it is written', async () => {
    for (const url of ['http://169.254.169.254/', 'http://[fe80::1]/', 'http://[::ffff:169.254.0.1]/']) {
      await expect(ask(url), url).rejects.toThrow(/link-local|no known host/);
    }
    const own = ['169.254.1.1', 'fe80::1', 'febf::1', '::ffff:169.254.1.1', 'fd00:ec2::254'];
    expect(own.map(isLinkLocal)).toEqual([true, true, true, true, true]);
    expect(['10.0.0.1', '127.0.0.1', 'fd00::1', '2001:db8::1'].map(isLinkLocal)).toEqual(
      Array(4).fill(false),
    );
  });

  it('tells no query of its address when there is no answer', async () => {
    await expect(ask('http://127.0.0.1:1/?token=s3cret')).rejects.toThrow(/^127\.0\.0\.1:1 did not answer/);
  });
});
