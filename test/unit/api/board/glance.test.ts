import { describe, expect, it } from 'vitest';
import { rowOf } from '../../../../src/api/board/row.ts';
import { glanceOf } from '../../../../src/api/temporal/glance.ts';
import { type FakeRollout, fakeTemporal } from '../fake-temporal.ts';
import { statusOf } from '../fakes.ts';

const ref = { environment: 'demo', service: 'shop' };

async function lookAt(rollout: FakeRollout) {
  const { client, asked } = fakeTemporal({ 'demo/shop': rollout });
  const glance = await glanceOf({ client, address: 'temporal:7233' }, ref);
  return { ...rowOf(glance, glance), queries: asked.filter((call) => call === 'query').length };
}

describe('a look at a rollout', () => {
  it.each(['watching', 'cleaning'] as const)(
    'finds the question of a late rollback while %s',
    async (phase) => {
      const holdReason = 'the rollback waits for an approval: CVE-2030-1';
      const account = () => statusOf({ phase, question: 'rollback', holdReason });
      expect(await lookAt({ phase, account })).toMatchObject({ attention: 'asks', why: holdReason });
    },
  );

  it('costs a worker nothing while the phase tells enough', async () => {
    expect(await lookAt({ phase: 'soaking' })).toMatchObject({ attention: 'none', queries: 0 });
  });
});
