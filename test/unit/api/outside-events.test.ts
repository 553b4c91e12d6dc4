import { describe, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { eventOfAlerts } from '../../../src/api/outside/alertmanager.ts';
import type { EventKeys } from '../../../src/api/outside/delivery.ts';
import { eventKeysOf } from '../../../src/api/outside/keys.ts';
import { signatureOf, verifySignature } from '../../../src/api/outside/signature.ts';
import type { RolloutService } from '../../../src/api/service.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { OutsideEvent } from '../../../src/domain/rollout/outside-event.ts';
import { fakeDeps, fakeRollouts } from './fakes.ts';

const secret = 'the present secret';
const former = 'the former secret';
const token = 'the-token-of-alertmanager';
const path = '/v1/rollouts/demo/shop/events';
const finding = { id: 'e-1', type: 'security', title: 'CVE-2030-1 is exploited', source: 'scanner' };
const alerts = {
  version: '4',
  groupKey: '{}:{alertname="ShopDown"}',
  status: 'firing',
  receiver: 'sluice',
  commonLabels: { severity: 'warning', version: 'v2' },
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'ShopDown' },
      startsAt: '2030-01-01T00:00:00Z',
      fingerprint: 'a',
    },
    {
      status: 'resolved',
      labels: { alertname: 'ShopSlow' },
      startsAt: '2030-01-02T00:00:00Z',
      fingerprint: 'b',
    },
  ],
} as const;

interface Delivery {
  readonly body: string;
  readonly headers?: Record<string, string>;
  readonly keys?: EventKeys;
  readonly event?: RolloutService['event'];
  readonly path?: string;
}

async function deliver({ body, headers = {}, keys, event, ...rest }: Delivery) {
  const rollouts = fakeRollouts({ event: event ?? accepted });
  const eventKeys = keys ?? { secrets: async () => [secret, former], tokens: async () => [token] };
  const app = await createApp({ ...fakeDeps(rollouts), eventKeys });
  const response = await app.inject({
    method: 'POST',
    url: rest.path ?? path,
    headers: { 'content-type': 'application/json', ...headers },
    payload: body,
  });
  await app.close();
  const taken = rollouts.calls.map(({ args }) => args[1] as OutsideEvent);
  return { status: response.statusCode, answer: response.json(), taken };
}

const accepted: RolloutService['event'] = async (_ref, { id }) => ({
  accepted: true,
  id,
  action: 'rollback',
  why: null,
  duplicate: false,
  via: 'update',
  status: null,
});

function signed(body: string, key = secret, agoMs = 0): Record<string, string> {
  return { 'x-sluice-signature': signatureOf(body, key, Math.floor((Date.now() - agoMs) / 1000)) };
}

const body = JSON.stringify(finding);

describe('an event that is signed', () => {
  it('is taken to its rollout, at the time of its signature', async () => {
    const { status, answer, taken } = await deliver({ body, headers: signed(body) });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ accepted: true, id: 'e-1', action: 'rollback', duplicate: false });
    expect(taken).toMatchObject([{ ...finding, severity: 'critical', version: null }]);
    expect(Math.abs((taken[0]?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('counts only for the target that it names, and for any where it names none', async () => {
    const here = JSON.stringify({ ...finding, target: 'demo/shop' });
    expect((await deliver({ body: here, headers: signed(here) })).taken).toMatchObject([{ id: 'e-1' }]);
    const elsewhere = JSON.stringify({ ...finding, target: 'prod/shop' });
    const { answer, taken } = await deliver({ body: elsewhere, headers: signed(elsewhere) });
    expect(answer).toMatchObject({ status: 401, code: 'signature-invalid' });
    expect(taken).toEqual([]);
  });

  it('is good with any of the secrets, and with any of its signatures, while a secret is replaced', async () => {
    expect((await deliver({ body, headers: signed(body, former) })).status).toBe(200);
    const both = `${signatureOf(body, 'the next secret', Math.floor(Date.now() / 1000))},v1=${
      signatureOf(body, secret, Math.floor(Date.now() / 1000)).split('v1=')[1]
    }`;
    expect((await deliver({ body, headers: { 'x-sluice-signature': both } })).status).toBe(200);
  });

  it('is signed byte for byte, whatever its form', async () => {
    const odd = `  ${body.replace(':', ' :\t')}\n`;
    expect((await deliver({ body: odd, headers: signed(odd) })).status).toBe(200);
    expect((await deliver({ body: odd, headers: signed(body) })).answer).toMatchObject({
      status: 401,
      code: 'signature-invalid',
    });
  });

  it('is refused with the keys that it has twice, as nobody knows which was meant', async () => {
    const twice = body.replace('{', '{"severity":"info","severity":"critical",');
    const { answer, taken } = await deliver({ body: twice, headers: signed(twice) });
    expect(answer).toMatchObject({
      status: 400,
      code: 'request-invalid',
      problems: [{ path: 'body.severity', message: 'appears twice' }],
    });
    expect(taken).toEqual([]);
    const webhook = JSON.stringify(alerts).replace('"labels":{', '"labels":{"alertname":"Other",');
    const told = await deliver({ body: webhook, headers: { authorization: `Bearer ${token}` } });
    expect(told.answer).toMatchObject({ problems: [{ path: 'body.alerts[0].labels.alertname' }] });
  });

  it('waits for a worker where none answers', async () => {
    const event: RolloutService['event'] = async (...given) => ({
      ...(await accepted(...given)),
      via: 'signal',
    });
    expect((await deliver({ body, headers: signed(body), event })).status).toBe(202);
  });
});

describe('an event that nobody is known to have sent', () => {
  it.each([
    ['without a signature', {}],
    ['with a signature of another secret', signed(body, 'guessed')],
    ['with a signature of another body', signed('{}')],
    ['with a signature that is none', { 'x-sluice-signature': 'v1=zz' }],
    [
      'with a signature cut short',
      { 'x-sluice-signature': signed(body)['x-sluice-signature']?.slice(0, -2) ?? '' },
    ],
    ['with an unknown token', { authorization: 'Bearer guessed' }],
    ['with a token for a body that could be signed', { authorization: `Bearer ${token}` }],
  ])('is refused %s, and reaches no rollout', async (_name, headers) => {
    const { answer, taken } = await deliver({ body, headers });
    expect(answer).toMatchObject({ status: 401, code: 'signature-invalid' });
    expect(taken).toEqual([]);
  });

  it.each([6 * 60_000, -6 * 60_000])('is refused when it was signed %d ms ago', async (agoMs) => {
    const { answer, taken } = await deliver({ body, headers: signed(body, secret, agoMs) });
    expect(answer).toMatchObject({ status: 401, code: 'signature-expired' });
    expect(taken).toEqual([]);
  });

  it('learns nothing of what is wrong with its body, nor of the rollout', async () => {
    const { answer } = await deliver({ body: 'no json', path: '/v1/rollouts/no/where/events' });
    expect(answer).toMatchObject({ status: 401, problems: [] });
  });

  it('says when it was signed only if the signature fits', () => {
    const raw = Buffer.from(body);
    expect(verifySignature(signatureOf(body, secret, 100), raw, [secret], 100_000)).toBe(100_000);
    expect(() => verifySignature(signatureOf(body, secret, 100), raw, [former], 100_000)).toThrow(
      /does not fit/,
    );
  });

  it('is refused as long as the operator has configured nothing, whatever it brings', async () => {
    const keys = eventKeysOf({
      secrets: [{ file: '/nowhere/secret' }],
      tokens: [{ env: 'SLUICE_TEST_NOTHING' }],
    });
    const { answer } = await deliver({ body, headers: signed(body, ''), keys });
    expect(answer).toMatchObject({ status: 503, code: 'events-unconfigured' });
  });
});

describe('a signed event that is not right', () => {
  const told = async (document: unknown) => {
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    const { answer } = await deliver({ body: text, headers: signed(text) });
    expect(answer).toMatchObject({ status: 400, code: 'request-invalid' });
    return answer.problems.map((problem: { path: string }) => problem.path);
  };

  it('is told every field that is wrong', async () => {
    expect(await told({ ...finding, id: '', type: 'secruity', titel: 'x' })).toEqual(
      expect.arrayContaining(['body.id', 'body.type', 'body.titel']),
    );
    expect(await told({ ...finding, title: 'a\u001b[2J' })).toEqual(['body.title']);
    expect(await told('no json')).toEqual(['body']);
    expect(await told({ ...alerts, version: '3' })).toEqual(['body.version']);
  });

  it('may be no larger than any other request', async () => {
    const large = JSON.stringify({ ...finding, title: 'x'.repeat(300_000) });
    expect((await deliver({ body: large, headers: signed(large) })).answer).toMatchObject({ status: 413 });
  });

  it('must be JSON', async () => {
    const headers = { ...signed(body), 'content-type': 'text/plain' };
    expect((await deliver({ body, headers })).answer).toMatchObject({ status: 415 });
  });

  it.each([
    ['rollout-not-found', 404],
    ['rollout-ended', 410],
  ] as const)('is told that its rollout is not there: %s', async (code, status) => {
    const event = async () => {
      throw new SluiceError(code, 'It is not there.');
    };
    expect((await deliver({ body, headers: signed(body), event })).answer).toMatchObject({ status, code });
  });
});

describe("Alertmanager's webhook", () => {
  const text = JSON.stringify(alerts);

  it('is taken with its token, since it cannot sign', async () => {
    const { status, taken } = await deliver({ body: text, headers: { authorization: `Bearer ${token}` } });
    expect(status).toBe(200);
    expect(taken).toMatchObject([
      {
        type: 'alert',
        severity: 'warning',
        title: 'ShopDown firing',
        source: 'alertmanager',
        version: 'v2',
        atMs: Date.parse('2030-01-01T00:00:00Z'),
      },
    ]);
  });

  it('is the same event when it repeats itself, and another when an alert comes or goes', () => {
    const { id } = eventOfAlerts(structuredClone(alerts) as never);
    expect(eventOfAlerts({ ...alerts, alerts: [...alerts.alerts].reverse() } as never).id).toBe(id);
    expect(eventOfAlerts({ ...alerts, alerts: alerts.alerts.slice(0, 1) } as never).id).not.toBe(id);
  });

  it.each([
    [{ severity: 'page' }, 'critical'],
    [{}, 'critical'],
    [{ severity: 'Warning' }, 'warning'],
    [{ severity: 'info' }, 'info'],
  ])('says how severe it is: %j', (commonLabels, severity) => {
    expect(eventOfAlerts({ ...alerts, commonLabels } as never).severity).toBe(severity);
  });

  it('only says so when all is over', () => {
    const resolved = { ...alerts, status: 'resolved', alerts: alerts.alerts.slice(1) };
    expect(eventOfAlerts(resolved as never)).toMatchObject({ severity: 'info', title: 'ShopSlow resolved' });
  });
});

describe('the description of the route', () => {
  it('is in the OpenAPI document', async () => {
    const app = await createApp(fakeDeps(fakeRollouts()));
    const document = (await app.inject('/openapi.json')).json();
    await app.close();
    const { post, get } = document.paths['/v1/rollouts/{environment}/{service}/events'];
    expect(get).toBeDefined();
    expect(post.responses).toHaveProperty('200');
    expect(JSON.stringify(document.components.schemas)).toContain('signed by its sender');
  });
});
