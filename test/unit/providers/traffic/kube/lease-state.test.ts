import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LeaseState,
  labelOf,
  leaseName,
  leasePatch,
  noLease,
  readLease,
  untilOf,
} from '../../../../../src/providers/traffic/kube/lease-state.ts';

const slug = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,12}[a-z0-9])?$/);
const target = fc.tuple(slug, slug).map(([environment, service]) => `${environment}/${service}`);

const state: fc.Arbitrary<LeaseState> = fc.record({
  epoch: fc.nat(),
  stableSlot: fc.constantFrom('blue' as const, 'green' as const),
  weightPercent: fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
  match: fc.option(
    fc.record({ header: fc.stringMatching(/^[a-z][a-z-]{0,9}$/), value: fc.stringMatching(/^[a-z=]{1,9}$/) }),
  ),
  renewedAtMs: fc.integer({ min: 1, max: 4e12 }),
  forMs: fc.integer({ min: 1, max: 3_600_000 }),
  stop: fc.option(fc.constant('2026-01-01T00:00:00.000Z')),
  route: fc.option(
    fc.record({
      type: fc.constant('gateway-api'),
      service: slug,
      namespace: slug,
      options: fc.dictionary(slug, fc.string()).map((options) => ({ ...options })),
    }),
  ),
});

function leaseOf(written: LeaseState) {
  const { metadata, spec } = leasePatch(written);
  const { annotations } = metadata as { annotations: Record<string, string | null> };
  const kept = Object.entries(annotations).flatMap(([name, value]) =>
    value === null ? [] : [[name, value]],
  );
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'any', annotations: Object.fromEntries(kept) as Record<string, string> },
    spec,
  };
}

describe('the Lease of a target', () => {
  it('reads back as it was written', () => {
    const reads = fc.property(state, (written) => {
      expect(readLease(leaseOf(written))).toEqual(written);
    });
    fc.assert(reads);
  });

  it('is nobody’s when it is absent, and says nothing when others have written into it', () => {
    expect(readLease(null)).toEqual(noLease);
    const spoilt = {
      'sluice.dev/epoch': 'x',
      'sluice.dev/weight': '-4',
      'sluice.dev/match': '=',
      'sluice.dev/lease-ms': 'NaN',
      'sluice.dev/route': '{"type":',
    };
    const object = {
      apiVersion: 'v1',
      kind: 'Lease',
      metadata: { name: 'any', annotations: spoilt },
      spec: { renewTime: 'yesterday' },
    };
    expect(readLease(object)).toEqual(noLease);
  });

  it('ends when its time after the last renewal is over, and never where there is none', () => {
    expect(untilOf({ ...noLease, renewedAtMs: 5_000, forMs: 1_500 })).toBe(6_500);
    expect(untilOf({ ...noLease, renewedAtMs: 5_000 })).toBe(0);
  });

  it('has a name of its own for every target, which Kubernetes takes', () => {
    fc.assert(
      fc.property(target, target, (one, other) => {
        expect(leaseName(one)).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
        expect(labelOf(one)).toMatch(/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/);
        if (one !== other) expect(leaseName(one)).not.toBe(leaseName(other));
      }),
    );
    expect(leaseName('demo/shop')).toBe('sluice-demo-s-shop');
    expect(leaseName('a-s-b/c')).not.toBe(leaseName('a/b-s-c'));
  });
});
