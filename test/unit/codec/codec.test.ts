import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionLike } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openAll, readableConnection } from '../../../src/codec/answers.ts';
import { createCodec } from '../../../src/codec/codec.ts';
import { type KeyRing, readKeyRing } from '../../../src/codec/keys.ts';
import { decoded } from '../../../src/codec/readable.ts';
import { sealedWith } from '../../../src/codec/seal.ts';
import { encryptionSection } from '../../../src/providers/encryption.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function ringOf(...ids: string[]): KeyRing {
  const keys = ids.map((id) => ({ id, bytes: Buffer.alloc(32, id) }));
  const [current] = keys;
  if (current === undefined) throw new Error('a ring has a key');
  return { current, byId: new Map(keys.map((key) => [key.id, key])) };
}

const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const plainOf = (payload: Payload | undefined): unknown =>
  payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload);

async function sealed(value: unknown, ring: KeyRing): Promise<Payload> {
  const [payload] = await createCodec(ring).encode([payloadOf(value)]);
  if (payload === undefined) throw new Error('nothing was sealed');
  return payload;
}

async function read(payload: Payload, ring: KeyRing): Promise<Payload | undefined> {
  return (await createCodec(ring).decode([payload]))[0];
}

describe('the codec', () => {
  it('gives back whatever was sealed, and shows none of it', async () => {
    const ring = ringOf('a');
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const json = JSON.parse(JSON.stringify(value));
        const payload = await sealed({ mark: 'visible?', json }, ring);
        expect(Buffer.from(payload.data ?? []).includes('visible?')).toBe(false);
        expect(plainOf(await read(payload, ring))).toEqual({ mark: 'visible?', json });
      }),
      { numRuns: 200 },
    );
  });

  it('never seals the same value twice alike', async () => {
    const ring = ringOf('a');
    const [one, other] = [await sealed('same', ring), await sealed('same', ring)];
    expect(Buffer.from(one.data ?? []).equals(Buffer.from(other.data ?? []))).toBe(false);
  });

  it('leaves what is plain as it is, such as a signal from the command line', async () => {
    const plain = payloadOf({ actor: 'ann' });
    expect(await read(plain, ringOf('a'))).toBe(plain);
  });

  it('reads with a former key what was sealed before the rotation, and seals with the new one', async () => {
    const old = await sealed('kept', ringOf('a'));
    const rotated = ringOf('b', 'a');
    expect(plainOf(await read(old, rotated))).toBe('kept');
    expect(sealedWith(await sealed('new', rotated))).toBe('b');
  });

  it('waits for a key that is not there, and names it', async () => {
    const payload = await sealed('kept', ringOf('a'));
    await expect(read(payload, ringOf('b'))).rejects.toMatchObject({
      code: 'payload-key-missing',
      message: expect.stringContaining('"a"'),
    });
  });

  it('hands on, unread, what was changed in any byte', async () => {
    const ring = ringOf('a');
    const { metadata, data } = await sealed({ reason: 'promote' }, ring);
    const bytes = Buffer.from(data ?? []);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      const payload: Payload = { ...(metadata ? { metadata } : {}), data: changed };
      expect(await read(payload, ring)).toBe(payload);
    }
  });

  it('leaves what names no key as it is, since no key will ever open it', async () => {
    const { metadata, data } = await sealed('kept', ringOf('a'));
    const nameless: Payload = {
      metadata: { encoding: metadata?.encoding ?? Buffer.from('') },
      data: data ?? null,
    };
    expect(await read(nameless, ringOf('a'))).toBe(nameless);
  });

  it('does not take a key by another name for the same key', async () => {
    const bytes = Buffer.alloc(32, 7);
    const [one, other] = ['one', 'other'].map((id) => ({ id, bytes }));
    if (one === undefined || other === undefined) throw new Error('two keys');
    const payload = await sealed('kept', { current: one, byId: new Map([[one.id, one]]) });
    const renamed: Payload = {
      ...payload,
      metadata: { ...payload.metadata, 'encryption-key-id': Buffer.from('other') },
    };
    expect(await read(renamed, { current: other, byId: new Map([[other.id, other]]) })).toBe(renamed);
  });
});

it('opens every payload of an answer, however deep, and leaves the rest alone', async () => {
  const ring = ringOf('a');
  const answer = {
    history: { events: [{ attributes: { input: { payloads: [await sealed({ plan: 1 }, ring)] } }, id: 7 }] },
    memo: { fields: { key: await sealed('m', ring), plain: payloadOf('p') } },
    token: Buffer.from('next'),
    none: null,
  };
  openAll(answer, ring, 'needed');
  expect(plainOf(answer.history.events[0]?.attributes.input.payloads[0])).toEqual({ plan: 1 });
  expect([plainOf(answer.memo.fields.key), plainOf(answer.memo.fields.plain)]).toEqual(['m', 'p']);
  expect(answer.token.toString()).toBe('next');
});

it('leaves sealed in a list what it has no key for, and opens the rest', async () => {
  const [lost, kept] = [await sealed('lost', ringOf('a')), await sealed('kept', ringOf('b'))];
  const answer = { executions: [{ memo: lost }, { memo: kept }] };
  expect(() => openAll(structuredClone(answer), ringOf('b'), 'needed')).toThrow('encrypted with the key "a"');
  openAll(answer, ringOf('b'), 'left');
  expect(sealedWith(answer.executions[0]?.memo ?? {})).toBe('a');
  expect(answer.executions.map(({ memo }) => decoded(memo))).toEqual([undefined, 'kept']);
});

it.each([
  ['listWorkflowExecutions', 'left'],
  ['describeWorkflowExecution', 'left'],
  ['getWorkflowExecutionHistory', 'needed'],
] as const)('of an answer to %s a payload without its key is %s', async (method, withoutKey) => {
  const answer = { memo: await sealed('m', ringOf('a')) };
  const connection = { workflowService: { [method]: async () => answer } } as unknown as ConnectionLike;
  const { workflowService } = readableConnection(connection, ringOf('b'));
  const asked = Reflect.apply(workflowService[method], workflowService, [{}]);
  if (withoutKey === 'left') expect(await asked).toBe(answer);
  else await expect(asked).rejects.toMatchObject({ code: 'payload-key-missing' });
});

describe('keys', () => {
  const fileOf = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it('are read as base64 or hex', async () => {
    const bytes = randomBytes(32);
    const keys = ['base64', 'base64url', 'hex'] as const;
    const ring = await readKeyRing({
      keys: keys.map((encoding) => ({
        id: encoding,
        key: { file: fileOf(encoding, `${bytes.toString(encoding)}\n`) },
      })),
    });
    expect([...ring.byId.values()].map((key) => key.bytes.equals(bytes))).toEqual([true, true, true]);
    expect(ring.current.id).toBe('base64');
  });

  it.each([
    ['too short', randomBytes(16).toString('base64')],
    ['no key', 'correct horse battery staple'],
    ['empty', ''],
  ])('that are %s are refused without being quoted', async (name, text) => {
    const file = fileOf(name.replace(' ', '-'), text);
    const refusal = await readKeyRing({ keys: [{ id: 'k', key: { file } }] }).catch((error: Error) => error);
    expect(refusal).toMatchObject({ code: 'config-invalid', message: expect.stringContaining(file) });
    if (text !== '') expect(String(refusal)).not.toContain(text);
  });

  it('have one id each', () => {
    const keys = [
      { id: 'k', key: { env: 'A' } },
      { id: 'k', key: { env: 'B' } },
    ];
    expect(encryptionSection.safeParse({ keys }).success).toBe(false);
  });
});
