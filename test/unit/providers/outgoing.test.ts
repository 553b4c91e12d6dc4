import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { allowOutgoing, outgoing } from '../../../src/providers/outgoing.ts';
import { isOwnCloud } from '../../../src/providers/own-cloud.ts';
import { endable, listening } from '../../contract/health/servers.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  allowOutgoing(null);
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
    await expect(ask(away)).rejects.toThrow('redirect (302), which is never followed');
  });

  it('asks no link-local and no metadata address, in whatever way it is written', async () => {
    const written = [
      '169.254.169.254',
      '[fe80::1]',
      '[::ffff:169.254.0.1]',
      '2852039166',
      '0xA9FEA9FE',
      '[64:ff9b::a9fe:a9fe]',
    ];
    for (const host of written) {
      await expect(ask(`http://${host}/`), host).rejects.toThrow('link-local or metadata address');
    }
    const own = [
      '169.254.1.1',
      'fe80::1',
      'febf::1',
      '::ffff:169.254.1.1',
      'fd00:ec2::254',
      'fd20:ce::254',
      'fd00:c1::a9fe:a9fe',
      '100.100.100.200',
    ];
    expect(own.filter((one) => !isOwnCloud(one))).toEqual([]);
    expect(['10.0.0.1', '127.0.0.1', 'fd00::1', '2001:db8::1'].filter(isOwnCloud)).toEqual([]);
  });

  it('asks only the hosts that the operator allows', async () => {
    const url = await answering(200, 'yes');
    allowOutgoing(['api.example.com', '*.internal']);
    await expect(ask(url)).rejects.toThrow('127.0.0.1 is not among the hosts that may be asked');
    await expect(ask('http://example.com/')).rejects.toThrow('not among');
    await expect(ask('http://evilinternal/')).rejects.toThrow('not among');
    await expect(ask('http://scanner.INTERNAL.:1/')).rejects.not.toThrow('not among');
    allowOutgoing(['127.0.0.1']);
    expect((await ask(url)).text).toBe('yes');
  });

  it('takes nothing that is compressed unasked, and no credentials in an address', async () => {
    const bomb = await answering(200, 'x', { 'content-encoding': 'gzip' });
    await expect(ask(bomb)).rejects.toThrow('answered in gzip, unasked');
    const error = await ask('http://ann:s3cret@127.0.0.1/').catch((one: unknown) => String(one));
    expect(error).toMatch(/no user name and no password/);
    expect(error).not.toContain('s3cret');
  });

  it('ends with its caller, also in the middle of an answer', async () => {
    const server = createServer((_request, response) => response.write('0'));
    ends.push(endable(server));
    const url = `http://${await listening(server)}/`;
    const caller = new AbortController();
    const asked = outgoing(url, { maxBytes: 10 }, caller.signal);
    server.once('request', () => caller.abort(new Error('enough')));
    await expect(asked).rejects.toThrow('enough');
  });

  it('tells no query of its address when there is no answer', async () => {
    await expect(ask('http://127.0.0.1:1/?token=s3cret')).rejects.toThrow(/^127\.0\.0\.1:1 did not answer/);
  });
});
