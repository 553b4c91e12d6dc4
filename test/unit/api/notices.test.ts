/** Routes about telling people: what they pass on, and what they answer. */
import { expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import type { IncidentView } from '../../../src/api/contract.ts';
import type { NoticeService } from '../../../src/api/service.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { newIncident, onReport } from '../../../src/domain/incident/state.ts';
import { noticeFixture, subjectFixture } from '../../support/notices.ts';
import { fakeDeps, fakeNotices, fakeRollouts, runId } from './fakes.ts';

const begun = noticeFixture('rollback.begun', {
  trouble: 'opened',
  severity: 'warning',
  title: 'rollback begun',
});
const incident = {
  ...onReport(newIncident('prod/shop', 1_000), subjectFixture(), begun),
  runId,
  links: { self: '/v1/incidents/prod/shop', review: '/v1/incidents/prod/shop/review' },
} as IncidentView;

async function ask(method: 'GET' | 'POST', url: string, service: Partial<NoticeService>, payload?: object) {
  const app = await createApp({ ...fakeDeps(fakeRollouts()), notices: fakeNotices(service) });
  const headers = { host: '127.0.0.1', ...(payload ? { 'content-type': 'application/json' } : {}) };
  const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  await app.close();
  return answer;
}

test('an acknowledgement names who and why, and is 202 when nobody answered in time', async () => {
  const asked: unknown[] = [];
  const answer = await ask(
    'POST',
    '/v1/rollouts/prod/shop/ack',
    {
      acknowledge: async (...given) => {
        asked.push(given);
        return { accepted: true, via: 'signal', notices: null };
      },
    },
    { actor: 'bob', reason: 'on it' },
  );
  expect(answer.statusCode).toBe(202);
  expect(asked).toEqual([
    [{ environment: 'prod', service: 'shop' }, { actor: 'bob', reason: 'on it' }, null],
  ]);
});

test('bad input is refused before anybody is asked', async () => {
  expect((await ask('POST', '/v1/rollouts/prod/shop/ack', {}, { who: 'bob' })).statusCode).toBe(400);
  expect((await ask('GET', '/v1/incidents?limit=0', {})).statusCode).toBe(400);
  expect((await ask('GET', '/v1/incidents?environment=a%22b', {})).statusCode).toBe(400);
  expect((await ask('GET', '/v1/rollouts/prod/shop/notices?run=x', {})).statusCode).toBe(400);
});

test('a rollout that nobody is told of says what to configure', async () => {
  const answer = await ask('GET', '/v1/rollouts/prod/shop/notices', {
    of: async () => {
      throw new SluiceError('notices-not-found', 'Nobody is told of this rollout of prod/shop.');
    },
  });
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({
    code: 'notices-not-found',
    advice: expect.stringContaining('notifiers'),
  });
});

test('an incident is shown, reviewed in Markdown, and closed by hand', async () => {
  const service = { incident: async () => incident, close: async () => incident };
  expect((await ask('GET', '/v1/incidents/prod/shop', service)).json()).toMatchObject({
    severity: 2,
    state: 'open',
  });
  const review = await ask('GET', '/v1/incidents/prod/shop/review', service);
  expect(review.headers['content-type']).toBe('text/markdown; charset=utf-8');
  expect(review.body).toContain('# Post-incident review: prod/shop v2: rollback begun');
  expect((await ask('POST', '/v1/incidents/prod/shop/close', service, { actor: 'bob' })).statusCode).toBe(
    200,
  );
});
