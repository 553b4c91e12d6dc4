/** What the pure steps of every kind of route object must do, whatever the object looks like. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { otherSlot, type Slot } from '../../../src/domain/rollout/types.ts';
import type { KubeObject } from '../../../src/providers/kube/types.ts';
import type { ObjectKind } from '../../../src/providers/traffic/kube/object-route.ts';
import type { RoutePlace, RouteWanted } from '../../../src/providers/traffic/kube/route.ts';
import { applied } from '../json-patch.ts';

export interface KindExample {
  readonly object: KubeObject;
  readonly place: RoutePlace;
}

type Wanted = Omit<RouteWanted, 'mark'>;

const wanted: fc.Arbitrary<Wanted> = fc.record({
  stableSlot: fc.constantFrom<Slot>('blue', 'green'),
  canaryPercent: fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
  ),
  match: fc.option(
    fc.record({ header: fc.constantFrom('x-tester', 'X-Cohort'), value: fc.constantFrom('a', 'always') }),
  ),
});

/** `foreign`: what of the object is not ours to write, in any form that can be compared. */
export function kindProperties(
  kind: ObjectKind,
  example: fc.Arbitrary<KindExample>,
  foreign: (object: KubeObject, place: RoutePlace) => unknown,
): void {
  const steps = (object: KubeObject, place: RoutePlace, to: Wanted) =>
    applied(object, kind.steps(object, place, to));

  it('reads as wanted after the steps to any state, from any other', () => {
    const property = fc.property(
      example,
      fc.array(wanted, { minLength: 1, maxLength: 4 }),
      (given, states) => {
        let { object } = given;
        for (const to of states) {
          object = steps(object, given.place, to);
          const seen = kind.shares(object, given.place);
          expect(seen.incomplete).toBeUndefined();
          expect(seen.shares[otherSlot(to.stableSlot)]).toBeCloseTo(to.canaryPercent, 5);
          expect(seen.shares[to.stableSlot]).toBeCloseTo(100 - to.canaryPercent, 5);
          expect(lowerCase(seen.match)).toEqual(lowerCase(to.match));
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('changes nothing when it is as wanted already', () => {
    const property = fc.property(example, wanted, ({ object, place }, to) => {
      const once = steps(object, place, to);
      expect(steps(once, place, to)).toEqual(once);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('leaves alone what is not its own', () => {
    const property = fc.property(example, fc.array(wanted, { maxLength: 4 }), ({ object, place }, states) => {
      const after = states.reduce((now, to) => steps(now, place, to), object);
      expect(foreign(after, place)).toEqual(foreign(object, place));
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('gives the object back as it was', () => {
    const property = fc.property(example, fc.array(wanted, { maxLength: 4 }), ({ object, place }, states) => {
      const found = kind.found(object, place);
      const after = states.reduce((now, to) => steps(now, place, to), object);
      expect(applied(after, kind.undo(after, place, found, 'blue'))).toEqual(object);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('leaves all traffic with a canary that has become stable, and no way by a header', () => {
    const property = fc.property(example, wanted, ({ object, place }, to) => {
      const found = kind.found(object, place);
      const promoted = { stableSlot: 'green', canaryPercent: 0, match: null } as const;
      const after = steps(steps(object, place, to), place, promoted);
      const left = applied(after, kind.undo(after, place, found, 'green'));
      expect(kind.shares(left, place)).toEqual({ shares: { blue: 0, green: 100 }, match: null });
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('sends nothing to the canary when it goes home without knowing how it was found', () => {
    const property = fc.property(example, wanted, ({ object, place }, to) => {
      const home = steps(steps(object, place, to), place, {
        stableSlot: 'blue',
        canaryPercent: 0,
        match: null,
      });
      const left = applied(home, kind.undo(home, place, '', 'blue'));
      expect(kind.shares(left, place).shares).toEqual({ blue: 100, green: 0 });
      expect(kind.shares(left, place).match).toBeNull();
    });
    fc.assert(property, { numRuns: 100 });
  });
}

function lowerCase(match: Wanted['match']): Wanted['match'] {
  return match && { ...match, header: match.header.toLowerCase() };
}
