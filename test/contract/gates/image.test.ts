import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { imageGate } from '../../../src/providers/gates/image.ts';
import { NotAsked, Registry } from '../../../src/providers/gates/registry/client.ts';
import { startRegistry, testLogin } from '../../support/registry.ts';
import { endable, listening } from '../health/servers.ts';
import { gateContract, patientMs, questionFixture } from './suite.ts';

gateContract(imageGate, async () => {
  const registry = await startRegistry();
  const { host } = registry;
  const first = await registry.push('acme/shop', 'v2', 'first');
  const both = await registry.push('acme/shop', 'multi', 'first', [
    'linux/amd64',
    'linux/arm64',
    'unknown/unknown',
  ]);
  const image = (reference: string) => ({ artifact: { image: `${host}/${reference}` } });
  const other = `sha256:${'0'.repeat(64)}`;
  return {
    gate: imageGate.create({ insecure: [host, '127.0.0.1:1'] }),
    open: [
      { name: 'a tag', question: image('acme/shop:v2') },
      { name: 'a digest', options: { pinned: true }, question: image(`acme/shop@${first}`) },
      { name: 'a tag beside its digest', question: image(`acme/shop:v2@${first}`) },
      {
        name: 'an index with the platforms',
        options: { platforms: ['linux/arm64', 'linux/amd64'] },
        question: image(`acme/shop@${both}`),
      },
      { name: 'a tag that has not moved', question: { ...image('acme/shop:v2'), digests: { gate: first } } },
    ],
    closed: [
      {
        name: 'a tag that has moved since the rollout began',
        question: { ...image('acme/shop:v2'), digests: { gate: both } },
        answer: 'refuse',
        says: /the tag v2 was sha256:\w+ when this rollout began, and is sha256:\w+ now; start anew/,
      },
      {
        name: 'a tag that is not the digest beside it',
        question: image(`acme/shop:v2@${both}`),
        answer: 'refuse',
        says: /the tag v2 is sha256:\w+, not sha256:\w+; roll out what it is now/,
      },
      {
        name: 'no digest where one must be',
        options: { pinned: true },
        question: image('acme/shop:v2'),
        answer: 'refuse',
        says: /has no digest/,
      },
      {
        name: 'a platform that it is not made for',
        options: { platforms: ['linux/s390x'] },
        question: image(`acme/shop@${both}`),
        answer: 'refuse',
        says: /not made for linux\/s390x, but for linux\/amd64, linux\/arm64; build it/,
      },
      { name: 'no image in the plan', answer: 'refuse', says: /artifact\.image/ },
    ],
    missing: [
      { name: 'a tag that is not there', question: image('acme/shop:v9') },
      { name: 'a digest that is not there', question: image(`acme/shop@${other}`) },
      { name: 'a repository that is not there', question: image('acme/cart:v2') },
      { name: 'a registry that is not there', question: { artifact: { image: '127.0.0.1:1/shop:v2' } } },
    ],
    close: registry.stop,
  };
});

describe('a private registry', () => {
  it('is asked with the credentials by reference, and holds without them', async () => {
    const registry = await startRegistry({ login: true });
    const digest = await registry.push('acme/shop', 'v2', 'first');
    process.env.PULL_PASSWORD = testLogin.password;
    const credentials = {
      [registry.host]: { username: testLogin.username, password: { env: 'PULL_PASSWORD' } },
    };
    const artifact = { image: `${registry.host}/acme/shop:v2` };
    const ask = (settings: object) =>
      imageGate
        .create({ insecure: [registry.host], ...settings })
        .evaluate(
          questionFixture({ artifact, options: imageGate.options.parse({}) }),
          AbortSignal.timeout(patientMs),
        );
    expect(await ask({ credentials })).toMatchObject({ answer: 'open', facts: { digest } });
    expect(await ask({})).toMatchObject({ answer: 'hold', reason: expect.stringContaining('wants a login') });
    process.env.PULL_PASSWORD = 'wrong';
    const refused = await ask({ credentials });
    expect(refused).toMatchObject({ answer: 'hold', reason: expect.stringContaining('see its credentials') });
    await registry.stop();
  });

  it('with a login by token gets the token from where it says, never in the clear', async () => {
    const registry = await startRegistry();
    await registry.push('acme/shop', 'v2', 'first');
    const asked: string[] = [];
    const front = createServer((request, response) => {
      asked.push(request.url ?? '');
      const realm = `http://${request.headers.host}/token`;
      if (request.url?.startsWith('/token')) return void response.end(JSON.stringify({ token: 't0ken' }));
      if (request.headers.authorization !== 'Bearer t0ken') {
        const challenge = `Bearer realm="${realm}",service="front",scope="repository:acme/shop:pull"`;
        return void response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
      const headers = { accept: request.headers.accept ?? '' };
      void fetch(`http://${registry.host}${request.url}`, { headers }).then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(await answer.text());
      });
    });
    const end = endable(front);
    const host = await listening(front);
    const question = questionFixture({
      artifact: { image: `${host}/acme/shop:v2` },
      options: imageGate.options.parse({}),
    });
    const gate = imageGate.create({ insecure: [host] });
    expect(await gate.evaluate(question, AbortSignal.timeout(patientMs))).toMatchObject({ answer: 'open' });
    expect(asked.some((url) => url === '/token?service=front&scope=repository%3Aacme%2Fshop%3Apull')).toBe(
      true,
    );
    await end();
    await registry.stop();
  });

  it.each([
    ['reg.example:443', 'reg.example'],
    ['reg.example', 'REG.example:443'],
    ['*.reg.example:443', 'eu.reg.example'],
  ])('that the operator has allowed as %s is also %s', (allowed, registry) => {
    const image = { registry, repository: 'acme/shop', tag: 'v2', digest: null };
    const known = { credentials: {}, insecure: [], registries: [allowed] };
    const { signal } = new AbortController();
    expect(() => new Registry(known, image, signal)).not.toThrow();
    expect(() => new Registry(known, { ...image, registry: `${registry}0` }, signal)).toThrow(NotAsked);
  });

  it('that the operator has not allowed is not asked, nor what it leads to', async () => {
    const asked: string[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{"token":"x"}');
    });
    const endElsewhere = endable(elsewhere);
    const lure = await listening(elsewhere);
    const front = createServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${lure}/token"` }).end();
    });
    const endFront = endable(front);
    const host = await listening(front);
    const ask = (image: string, settings: Record<string, unknown>) =>
      imageGate
        .create(settings)
        .evaluate(
          questionFixture({ artifact: { image }, options: imageGate.options.parse({}) }),
          AbortSignal.timeout(patientMs),
        );
    expect(await ask(`${host}/acme/shop:v2`, { insecure: [host] })).toMatchObject({
      answer: 'hold',
      reason: `the registry leads to ${lure}, which is not among the registries of this gate`,
    });
    const refusal = { answer: 'refuse', reason: expect.stringContaining('not among the registries') };
    expect(await ask(`${lure}/acme/shop:v2`, {})).toMatchObject(refusal);
    for (const inner of [
      'localhost:8443',
      'kubernetes.default.svc',
      'shop.local',
      'x.localhost:1',
      'intern:5000',
    ])
      expect(await ask(`${inner}/acme/shop:v2`, {})).toMatchObject(refusal);
    expect(await ask('quay.io/acme/shop:v2', { registries: ['ghcr.io', '*.example.com'] })).toMatchObject(
      refusal,
    );
    expect(asked).toEqual([]);
    await endFront();
    await endElsewhere();
  });
});
