import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { openEncryption } from '../../../src/codec/encryption.ts';
import { fakeDeps, fakeRollouts } from './fakes.ts';

const plain = {
  payloads: [
    {
      metadata: { encoding: Buffer.from('json/plain').toString('base64') },
      data: Buffer.from('{"reason":"looking"}').toString('base64'),
    },
  ],
};

async function serve(...ids: string[]) {
  for (const id of ids) vi.stubEnv(`SLUICE_TEST_${id}`, Buffer.alloc(32, id).toString('base64'));
  const keys = ids.map((id) => ({ id, key: { env: `SLUICE_TEST_${id}` } }));
  const { remote } = await openEncryption(keys.length === 0 ? null : { keys });
  const app = await createApp({ ...fakeDeps(fakeRollouts()), codec: remote });
  const ask = async (verb: string, payload: object) => {
    const answer = await app.inject({ method: 'POST', url: `/v1/codec/${verb}`, payload });
    return { status: answer.statusCode, json: answer.json() };
  };
  return { ask };
}

afterEach(() => vi.unstubAllEnvs());

describe("the remote codec of Temporal's UI and CLI", () => {
  it('seals what people send and opens what they look at', async () => {
    const { ask } = await serve('A');
    const sealed = await ask('encode', plain);
    expect(sealed.status).toBe(200);
    expect(Buffer.from(sealed.json.payloads[0].data, 'base64').includes('looking')).toBe(false);
    expect(await ask('decode', sealed.json)).toEqual({ status: 200, json: plain });
  });

  it('names the key that it lacks', async () => {
    const sealed = await (await serve('A')).ask('encode', plain);
    const { status, json } = await (await serve('B')).ask('decode', sealed.json);
    expect([status, json.code]).toEqual([503, 'payload-key-missing']);
  });

  it('says so where nothing is encrypted', async () => {
    const { status, json } = await (await serve()).ask('decode', plain);
    expect([status, json.code]).toEqual([409, 'encryption-off']);
  });

  it.each([
    ['bytes that are not base64', { payloads: [{ metadata: {}, data: '%%' }] }],
    ['no payloads', {}],
  ])('refuses %s', async (_, body) => {
    const { status } = await (await serve('A')).ask('decode', body);
    expect(status).toBe(400);
  });
});
