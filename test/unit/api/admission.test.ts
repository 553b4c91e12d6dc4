/**
 * A start under policies: refused with the field and the policy, recorded in the plan that runs, and never in the way
 * of a repetition.
 */
import { describe, expect, test } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { digestOf } from '../../../src/api/temporal/start.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { Bounds } from '../../../src/domain/policy/bounds.ts';
import type { Policy, PolicySet } from '../../../src/domain/policy/types.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { planFixture } from '../../support/plan.ts';
import { type FakeRollout, fakeTemporal } from './fake-temporal.ts';

const plan = planFixture({ environment: 'prod', service: 'shop', traffic: { name: 'a', options: {} } });
const request = { plan, actor: 'ann', reason: 'release', idempotencyKey: null };
const policy: Policy = {
  name: 'production',
  reason: 'users pay here',
  level: 'mandatory',
  environments: ['prod'],
  services: null,
  require: { maxFirstWeight: 5 },
  mandate: { gates: [], guards: [] },
};

const none = async () => ({ policies: [], sha256: '' });
const ended: FakeRollout = { phase: 'promoted', status: 2 };

function serve(read: () => Promise<PolicySet>, bounds: Bounds = {}, shop: FakeRollout = ended) {
  const temporal = fakeTemporal({ 'prod/shop': shop });
  const traffic = createMemoryTraffic();
  const service = createTemporalService({
    client: temporal.client,
    address: 'nowhere',
    replay: () => Promise.reject(new Error('not asked')),
    planes: createDataPlanes({ names: ['a'], get: () => traffic }),
    policies: { read },
    bounds,
  });
  return { temporal, service };
}

describe('a plan that is only checked', () => {
  const promoted: FakeRollout = { ...ended, outcome: 'promoted', version: 'v2' };

  test('is told that its version was promoted last, and may begin all the same', async () => {
    const { service } = serve(none, {}, promoted);
    const same = await service.examine({ plan: { ...plan, version: 'v2' } });
    expect(same).toMatchObject({ problems: [], warnings: [{ path: 'version', kind: 'practice' }] });
    expect((await service.examine({ plan: { ...plan, version: 'v3' } })).warnings).toEqual([]);
  });

  test('is checked also while Temporal cannot say what was promoted', async () => {
    const { service, temporal } = serve(none, {}, promoted);
    temporal.behaviour.set('list', new Error('away'));
    expect(await service.examine({ plan: { ...plan, version: 'v2' } })).toMatchObject({
      ...{ problems: [], warnings: [] },
    });
  });
});

describe('a start under policies', () => {
  test('is refused with the field, what to change, and the policy', async () => {
    const { temporal, service } = serve(async () => ({ policies: [policy], sha256: 'abc' }));
    await expect(service.start(request)).rejects.toMatchObject({
      code: 'plan-refused',
      status: 422,
      message: expect.stringContaining('policy "production": users pay here'),
      problems: [{ path: 'stages[0].weight', policy: 'production' }],
    });
    expect(temporal.started).toEqual([]);
  });

  test('runs the plan with a record of the policies, and is known by the plan as it was sent', async () => {
    const bound = { ...policy, require: {} };
    const { temporal, service } = serve(async () => ({ policies: [bound], sha256: 'abc' }));
    const { warnings } = await service.start({ ...request, warnings: [{ path: 'x', message: 'y' }] });
    expect(warnings).toEqual([{ path: 'x', message: 'y', kind: 'practice' }]);
    const [input] = temporal.started[0]?.options.args ?? [];
    expect(input).toMatchObject({ plan: { policies: { sha256: 'abc', names: ['production'] } } });
    const other = serve(async () => ({ policies: [], sha256: '' }));
    await other.service.start(request);
    const digest = (of: typeof temporal) => of.started[0]?.options.memo?.planDigest;
    expect(digest(temporal)).toBe(digest(other.temporal));
  });

  test('is answered as before when it is sent again, and also once policies cannot be read', async () => {
    const advice: Policy = { ...policy, level: 'advisory' };
    const sent = { ...request, idempotencyKey: 'deploy-1', warnings: [{ path: 'x', message: 'y' }] };
    const shop = { start: { idempotencyKey: 'deploy-1', planDigest: digestOf(plan) } };
    const policies = { policies: [advice], sha256: 'abc' };
    const first = await serve(async () => policies).service.start(sent);
    const again = await serve(async () => policies, {}, shop).service.start(sent);
    expect([first.created, again.created]).toEqual([true, false]);
    expect(first.warnings).toMatchObject([{ kind: 'practice' }, { kind: 'policy', policy: 'production' }]);
    expect(again.warnings).toEqual(first.warnings);
    const broken = serve(() => Promise.reject(new Error('no file')), {}, shop);
    expect(await broken.service.start(sent)).toMatchObject({
      created: false,
      warnings: [{ path: 'x', message: 'y', kind: 'practice' }],
    });
  });

  test('begins nothing where an instance gives the plan no place, whatever its policies', async () => {
    const naming = ['route'];
    const bounds = { traffic: { a: { environments: ['staging'], places: null, naming, namespace: null } } };
    const { temporal, service } = serve(async () => ({ policies: [], sha256: '' }), bounds);
    const refused = { code: 'plan-refused', problems: [{ path: 'traffic' }] };
    await expect(service.start({ ...request, reach: 'anywhere' })).rejects.toMatchObject(refused);
    // Who does not say how far they may go is taken to go nowhere else.
    const silent = serve(async () => ({ policies: [], sha256: '' }), {
      traffic: { a: { environments: null, places: null, naming, namespace: null } },
    });
    await expect(silent.service.start(request)).rejects.toMatchObject(refused);
    expect([...temporal.started, ...silent.temporal.started]).toEqual([]);
  });

  test('does not begin while policies cannot be read, nor with warnings where it is strict', async () => {
    const broken = serve(async () => {
      throw new SluiceError('policies-invalid', 'The policies cannot be read.');
    });
    await expect(broken.service.start(request)).rejects.toMatchObject({ code: 'policies-invalid' });
    const strict = serve(async () => ({ policies: [], sha256: '' }));
    const warned = { ...request, warnings: [{ path: 'x', message: 'y' }], strict: true };
    await expect(strict.service.start(warned)).rejects.toMatchObject({
      problems: [{ path: 'x', kind: 'practice' }],
    });
    expect([...broken.temporal.started, ...strict.temporal.started]).toEqual([]);
  });
});
