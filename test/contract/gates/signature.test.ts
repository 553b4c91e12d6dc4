import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signatureGate } from '../../../src/providers/gates/signature.ts';
import type { GateVerdict } from '../../../src/providers/gates/types.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';
import { keyFile, left, otherKeyFile, published, pushSigned } from '../../support/signatures/signed.ts';
import { endable, listening } from '../health/servers.ts';
import { gateContract, patientMs, questionFixture } from './suite.ts';

const source = { repository: 'acme/shop', commit: '0123456789abcdef0123456789abcdef01234567' };
const { trustedRoot, issuer, subject, builder } = published;
const ofPublished = {
  artifact: {
    image: `registry.example.com/demo@${published.digest}`,
    repository: published.repository,
    commit: published.commit,
  },
};
const text = readFileSync(published.file, 'utf8');

const settings = {
  trustedRoot,
  signers: {
    'same-key': { key: { file: keyFile } },
    release: { key: { file: keyFile } },
    other: { key: { file: otherKeyFile } },
    logged: { key: { file: keyFile }, logged: true },
    github: { issuer, subject },
    'all-of-theirs': { issuer, subject: 'https://github.com/github/*' },
    'other-workflow': { issuer, subject: subject.replace('attest.yml', 'deploy.yml') },
    'other-issuer': { issuer: 'https://accounts.example.com', subject },
    absent: { key: { env: 'NO_SUCH_KEY' } },
    damaged: { key: { file: trustedRoot } },
  },
  builders: [
    { id: 'https://ci.example.com/*', level: 2, signers: ['release'] },
    { id: builder, level: 2, signers: ['github', 'all-of-theirs'] },
  ],
};

gateContract(signatureGate, async () => {
  const registry = await startRegistry();
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bundles-'));
  const { host } = registry;
  const digest = await pushSigned(registry);
  await pushSigned(registry, 'tags', 'acme/older');
  const bare = await registry.push('acme/shop', 'bare', 'bare');
  const moved = await registry.push('acme/shop', 'moved', 'moved');
  for (const one of left.bundles) {
    // As if somebody had put another image's signatures beside this one.
    const reference = one.reference.replace(digest.replace(':', '-'), moved.replace(':', '-'));
    await registry.put('acme/shop', { ...one, reference });
  }
  await registry.put('demo', publishedAsAttestation());
  copyFileSync(published.file, join(directory, 'published.json'));
  const file = (content: string) => () => writeFileSync(join(directory, 'made.json'), content);
  const image = (reference: string) => ({ artifact: { image: `${host}/acme/${reference}`, ...source } });
  const by = (signer: string, more: object = {}) => ({ options: { signers: [signer], ...more } });
  const keyless = (signer: string, more: object = {}) => ({
    ...by(signer, { level: 2, bundle: 'published.json', ...more }),
    question: ofPublished,
  });
  return {
    gate: signatureGate.create({ ...settings, insecure: [host], directory }),
    open: [
      { name: 'signed by key', ...by('release'), question: image(`shop@${digest}`) },
      { name: 'by any of the signers', question: image(`shop@${digest}`) },
      { name: 'a tag', ...by('release'), question: image('shop:v2') },
      { name: 'in the older form', ...by('release'), question: image(`older@${digest}`) },
      { name: 'built as asked', ...by('release', { level: 2 }), question: image(`shop@${digest}`) },
      {
        name: 'built as asked, by the one of two signers of a key who may say so',
        options: { signers: ['same-key', 'release'], level: 2 },
        question: image(`shop@${digest}`),
      },
      {
        name: 'built as asked, in the older form',
        ...by('release', { level: 2 }),
        question: image(`older@${digest}`),
      },
      { name: 'signed by an identity, in a file', ...keyless('github') },
      { name: 'by one of many identities', ...keyless('all-of-theirs') },
      {
        name: 'by an identity, beside the image in the older form',
        ...by('github', { level: 2 }),
        question: { artifact: { ...ofPublished.artifact, image: `${host}/demo@${published.digest}` } },
      },
      {
        name: 'one good bundle among several, each on a line',
        ...keyless('github', { bundle: 'made.json' }),
        arrange: file(`{"no": "bundle"}\n${JSON.stringify(JSON.parse(text))}\n`),
      },
    ],
    closed: [
      {
        name: 'an image that nobody has signed',
        question: image(`shop@${bare}`),
        answer: 'hold',
        says: new RegExp(`nothing gives a signature of ${bare}; sign it: cosign sign`),
      },
      {
        name: 'another key',
        ...by('other'),
        question: image(`shop@${digest}`),
        answer: 'refuse',
        says: /other: signature verification failed.*; sign it as one of the signers that are trusted here/,
      },
      {
        name: 'another key, in the older form',
        ...by('other'),
        question: image(`older@${digest}`),
        answer: 'refuse',
        says: /other: signature verification failed/,
      },
      {
        name: 'signatures of another image',
        ...by('release'),
        question: image(`shop@${moved}`),
        answer: 'refuse',
        says: /it is of sha256:\w+, not of this image/,
      },
      {
        name: 'a signature that no log knows, where one must',
        ...by('logged'),
        question: image(`shop@${digest}`),
        answer: 'refuse',
        says: /logged: expected 1 tlog entries, got 0/,
      },
      {
        name: 'a builder that is not trusted so far',
        ...by('release', { level: 3 }),
        question: image(`shop@${digest}`),
        answer: 'refuse',
        says: /built by https:\/\/ci\.example\.com\/\S+, which is trusted for level 2, not 3;.*; build it with a trusted builder/,
      },
      {
        name: 'another source',
        ...by('release', { level: 2 }),
        question: { artifact: { ...image(`shop@${digest}`).artifact, repository: 'acme/cart' } },
        answer: 'refuse',
        says: /built from https:\/\/github\.com\/acme\/shop, not from https:\/\/github\.com\/acme\/cart/,
      },
      {
        name: 'another commit',
        ...keyless('github'),
        question: { artifact: { ...ofPublished.artifact, commit: 'f'.repeat(40) } },
        answer: 'refuse',
        says: /built from commit 95baf27\w+, not f+/,
      },
      {
        name: 'another workflow',
        ...keyless('other-workflow'),
        answer: 'refuse',
        says: /it is signed by https:\S+attest\.yml/,
      },
      {
        name: 'another issuer',
        ...keyless('other-issuer'),
        answer: 'refuse',
        says: /it is vouched for by https:\/\/token\.actions/,
      },
      {
        name: 'no source in the plan',
        ...by('github', { level: 1 }),
        question: { artifact: { image: `${host}/acme/shop@${digest}` } },
        answer: 'refuse',
        says: /must name artifact\.repository/,
      },
      { name: 'no image in the plan', answer: 'refuse', says: /must name artifact\.image/ },
      {
        name: 'a signer that there is not',
        ...by('relaese'),
        answer: 'refuse',
        says: /there is no signer relaese; this gate has same-key, release/,
      },
      {
        name: 'a key that is not there',
        ...by('absent'),
        question: image(`shop@${digest}`),
        answer: 'hold',
        says: /absent: the environment variable NO_SUCH_KEY is missing or empty/,
      },
    ],
    missing: [
      { name: 'a key that is none', ...by('damaged'), question: image(`shop@${digest}`) },
      { name: 'a tag that is not there', question: image('shop:v9') },
      {
        name: 'a registry that is not there',
        question: { artifact: { image: `127.0.0.1:1/shop@${digest}` } },
      },
      { name: 'no bundle', ...keyless('github', { bundle: 'absent.json' }) },
      {
        name: 'half a bundle',
        ...keyless('github', { bundle: 'made.json' }),
        arrange: file(text.slice(0, 4_000)),
      },
      {
        name: 'another document',
        ...keyless('github', { bundle: 'made.json' }),
        arrange: file('{"hello": "world"}'),
      },
      { name: 'an empty file', ...keyless('github', { bundle: 'made.json' }), arrange: file('') },
      {
        name: 'a bundle without its log',
        ...keyless('github', { bundle: 'made.json' }),
        arrange: file(without('tlogEntries')),
      },
      { name: 'provenance where a signature is asked for', ...keyless('github', { level: 0 }) },
    ],
    close: async () => {
      await registry.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});

/** The published bundle, lacking a field of its material. */
function without(field: string): string {
  const bundle = JSON.parse(text);
  delete bundle.verificationMaterial[field];
  return JSON.stringify(bundle);
}

/**
 * The same attestation as older cosigns leave it: the envelope in a layer, certificate and log entry in annotations.
 */
function publishedAsAttestation() {
  const { verificationMaterial: material, dsseEnvelope } = JSON.parse(text);
  const [entry] = material.tlogEntries;
  const Payload = {
    body: entry.canonicalizedBody,
    integratedTime: Number(entry.integratedTime),
    logIndex: Number(entry.logIndex),
    logID: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
  };
  const lines = material.certificate.rawBytes.match(/.{1,64}/g).join('\n');
  return manifestOf(published.digest, JSON.stringify(dsseEnvelope), {
    'dev.sigstore.cosign/certificate': `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    'dev.sigstore.cosign/bundle': JSON.stringify({
      SignedEntryTimestamp: entry.inclusionPromise.signedEntryTimestamp,
      Payload,
    }),
  });
}

function manifestOf(of: string, layer: string, annotations: Readonly<Record<string, string>>) {
  const described = (content: string) => ({
    digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    size: Buffer.byteLength(content),
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', ...described('{}') };
  const layers = [{ mediaType: 'application/vnd.dsse.envelope.v1+json', ...described(layer), annotations }];
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers });
  return { reference: `${of.replace(':', '-')}.att`, mediaType, text: manifest, blobs: ['{}', layer] };
}

describe('a signer that cannot be asked', () => {
  it('may be the one who signed, so that an image which no other stands for is held, and says why', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-bundles-'));
    copyFileSync(published.file, join(directory, 'published.json'));
    const gate = signatureGate.create({ ...settings, directory });
    const ask = async (signers: readonly string[]) => {
      const options = signatureGate.options.parse({ signers, level: 2, bundle: 'published.json' });
      return await gate.evaluate(
        questionFixture({ ...ofPublished, options }),
        AbortSignal.timeout(patientMs),
      );
    };
    expect(await ask(['other-workflow'])).toMatchObject({ answer: 'refuse' });
    expect(await ask(['other-workflow', 'absent'])).toMatchObject({
      answer: 'hold',
      reason: expect.stringMatching(/not every signer can be asked: absent: .*NO_SUCH_KEY/),
    });
    expect(await ask(['github', 'absent'])).toMatchObject({ answer: 'open' });
    rmSync(directory, { recursive: true, force: true });
  });
});

describe('a published attestation', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bundles-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function ask(content: string, change: object = {}): Promise<GateVerdict> {
    writeFileSync(join(directory, 'bundle.json'), content);
    const gate = signatureGate.create({ ...settings, directory, ...change });
    const options = signatureGate.options.parse({ signers: ['github'], level: 2, bundle: 'bundle.json' });
    return await gate.evaluate(questionFixture({ ...ofPublished, options }), AbortSignal.timeout(patientMs));
  }
  const root = (
    change: (root: {
      certificateAuthorities: { validFor: object }[];
      tlogs: object[];
      ctlogs: object[];
    }) => void,
  ) => {
    const value = JSON.parse(readFileSync(trustedRoot, 'utf8'));
    change(value);
    const path = join(directory, 'root.json');
    writeFileSync(path, JSON.stringify(value));
    return { trustedRoot: path };
  };

  it('is good, and tells who built what from what', async () => {
    expect(await ask(text)).toMatchObject({
      answer: 'open',
      facts: {
        digest: published.digest,
        builder,
        repository: 'https://github.com/malancas/attest-demo',
        commit: published.commit,
      },
    });
  });

  it.each([
    [
      'authorities',
      (value: Parameters<Parameters<typeof root>[0]>[0]) => void value.certificateAuthorities.splice(0),
    ],
    ['logs', (value: Parameters<Parameters<typeof root>[0]>[0]) => void value.tlogs.splice(0)],
    [
      'logs of certificates',
      (value: Parameters<Parameters<typeof root>[0]>[0]) => void value.ctlogs.splice(0),
    ],
  ])('is not good by a root that trusts none of its %s', async (_what, change) => {
    expect((await ask(text, root(change))).answer).toBe('refuse');
  });

  it('is not good once its authority had expired when it was signed', async () => {
    const expired = root(({ certificateAuthorities }) => {
      for (const one of certificateAuthorities)
        one.validFor = { ...one.validFor, end: '2024-01-01T00:00:00Z' };
    });
    expect(await ask(text, expired)).toMatchObject({
      answer: 'refuse',
      reason: expect.stringMatching(/certificate chain/),
    });
  });

  it.each([
    ['there is none', {}, /it needs the trustedRoot of this gate/],
    ['it is not there', { trustedRoot: '/no/such/root.json' }, /is no trusted root: ENOENT/],
    [
      'it is another document',
      { trustedRoot: published.file },
      /published\.sigstore\.json is no trusted root/,
    ],
  ])('cannot be asked about by a root when %s', async (_what, change, says) => {
    const { trustedRoot: _root, ...rest } = settings;
    writeFileSync(join(directory, 'bundle.json'), text);
    const gate = signatureGate.create({ ...rest, directory, ...change });
    const options = signatureGate.options.parse({ signers: ['github'], level: 2, bundle: 'bundle.json' });
    const question = questionFixture({ ...ofPublished, options });
    expect(await gate.evaluate(question, AbortSignal.timeout(patientMs))).toMatchObject({
      answer: 'hold',
      reason: expect.stringMatching(says),
    });
  });

  it('is not good of a builder that nobody trusts', async () => {
    const builders = [{ id: 'https://ci.example.com/*', level: 3 }];
    expect(await ask(text, { builders })).toMatchObject({
      answer: 'refuse',
      reason: expect.stringMatching(
        /github-hosted, which is no builder of the operator's; build it with a trusted builder/,
      ),
    });
  });

  it.each([
    ['what it says', /("payload": ")(.{80})(.)/],
    ['its signature', /("sig": ")(.{40})(.)/],
    ['its certificate', /("rawBytes": ")(.{400})(.)/],
    ['its entry in the log', /("canonicalizedBody": ")(.{400})(.)/],
    ['the promise of the log', /("signedEntryTimestamp": ")(.{40})(.)/],
    ['the way to the root of the log', /("hashes": \[\s*")(.{20})(.)/],
    ['what the log has signed', /("envelope": ")(.{60})(.)/],
    ['the time of the log', /("integratedTime": ")(.{8})(.)/],
  ])('is not good when one byte of %s is another', async (_what, where) => {
    const changed = text.replace(
      where,
      (_all, key, before, one) => `${key}${before}${one === '1' ? '2' : '1'}`,
    );
    expect(changed).not.toBe(text);
    const { answer, reason } = await ask(changed);
    expect(answer).toBe('refuse');
    expect(reason).not.toMatch(/not of this image/);
  });
});

describe('blobs that a registry keeps elsewhere', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  it('are got from there without the login, and known by their digest', async () => {
    const digest = await pushSigned(registry);
    const store: (string | undefined)[] = [];
    const forward = async (url: string, accept: string) => {
      const answer = await fetch(`http://${registry.host}${url}`, { headers: { accept } });
      return {
        status: answer.status,
        type: answer.headers.get('content-type') ?? '',
        body: await answer.text(),
      };
    };
    const front = createServer((request, response) => {
      const { url = '', headers } = request;
      if (url.startsWith('/store')) {
        store.push(headers.authorization);
        void forward(url.slice('/store'.length), '*/*').then(({ body }) => response.end(body));
        return;
      }
      if (url.includes('/blobs/')) return void response.writeHead(307, { location: `/store${url}` }).end();
      void forward(url, headers.accept ?? '').then(({ status, type, body }) =>
        response.writeHead(status, { 'content-type': type }).end(body),
      );
    });
    const end = endable(front);
    const host = await listening(front);
    const gate = signatureGate.create({ ...settings, insecure: [host] });
    const question = questionFixture({
      artifact: { image: `${host}/acme/shop@${digest}` },
      options: signatureGate.options.parse({ signers: ['release'] }),
    });
    expect(await gate.evaluate(question, AbortSignal.timeout(patientMs))).toMatchObject({ answer: 'open' });
    expect(store.length).toBeGreaterThan(0);
    expect(new Set(store)).toEqual(new Set([undefined]));
    await end();
  });
});
