import { expect, test } from 'vitest';
import type { CommandAnswer } from '../../../../src/api/contract.ts';
import { ApiError } from '../../../../src/client/index.ts';
import { type Steering, steer, steerUnseen } from '../../../../src/dashboard/pages/actions/steer.ts';

const accepted: CommandAnswer = { accepted: true, via: 'update', status: null };
const shop = { environment: 'demo', service: 'shop', body: { actor: 'ann' } };

function problem(status: number, code: ApiError['code']): ApiError {
  return new ApiError({ status, code, title: '', detail: '', advice: '' });
}

/** The runs that were named, in turn, and what came of it. */
async function sent(
  command: Steering['request']['command'],
  seen: Steering['seen'],
  refusal: ApiError | null = null,
) {
  const runs: (string | undefined)[] = [];
  const client = {
    steerRollout: async ({ run }: { readonly run?: string | undefined }) => {
      runs.push(run);
      if (refusal !== null && run !== undefined) throw refusal;
      return accepted;
    },
  };
  const steering = { request: { ...shop, command }, runId: 'a', seen, idempotencyKey: 'k' };
  const outcome = await steer(client, steering).catch((error: unknown) => error);
  return { runs, outcome };
}

test.each([null, 'live', 'lost', 'failing'] as const)(
  'a page that is %s brings back the rollout that it shows, and not the next',
  async (seen) => {
    const refused = problem(409, 'command-refused');
    expect(await sent('rollback', seen, refused)).toEqual({ runs: ['a'], outcome: refused });
    expect(await sent('rollback', seen)).toEqual({ runs: ['a'], outcome: accepted });
  },
);

test('a page that has seen nothing brings back the run of its address, else whichever runs', async () => {
  const request = { ...shop, command: 'rollback' } as const;
  const runs: (string | undefined)[] = [];
  const client = {
    steerRollout: async ({ run }: { readonly run?: string | undefined }) => {
      runs.push(run);
      if (run !== undefined) throw problem(503, 'temporal-unavailable');
      return accepted;
    },
  };
  await steerUnseen(client, { request, runId: 'a', idempotencyKey: 'k' });
  await steerUnseen(client, { request, runId: null, idempotencyKey: 'k' });
  expect(runs).toEqual(['a', undefined, undefined]);
});

test('no look that cannot be had comes before the stop, and one that fails does not keep it from being written', async () => {
  expect((await sent('rollback', 'stale')).runs).toEqual([undefined]);
  const away = problem(503, 'temporal-unavailable');
  expect(await sent('rollback', 'lost', away)).toEqual({ runs: ['a', undefined], outcome: accepted });
});

test('an API that does not answer is not asked twice', async () => {
  const lost = problem(0, 'unreachable');
  expect(await sent('rollback', 'lost', lost)).toEqual({ runs: ['a'], outcome: lost });
});

test('the other commands say by what they expect which rollout they are for', async () => {
  expect((await sent('pause', 'lost')).runs).toEqual([undefined]);
});
