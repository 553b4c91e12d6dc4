/** Who is stable where the Lease is gone: told by the route, and guessed only where the route will never tell. */
import { expect, it } from 'vitest';
import { KubeError, type KubeProblem } from '../../../../../src/providers/kube/errors.ts';
import { changeInformed } from '../../../../../src/providers/traffic/kube/informed.ts';
import { type LeaseState, noLease } from '../../../../../src/providers/traffic/kube/lease-state.ts';
import type { LeaseStore } from '../../../../../src/providers/traffic/kube/lease-store.ts';
import { NoRoute } from '../../../../../src/providers/traffic/kube/route.ts';

/** A restore's change of a Lease that is gone; what was written, or null. */
async function restoredWith(error: Error) {
  let written: Partial<LeaseState> | null = null;
  const change: LeaseStore['change'] = async (_target, by) => {
    written = by(noLease);
    return { ...noLease, ...written };
  };
  const store = { change } as unknown as LeaseStore;
  const readRoute = () => Promise.reject(error);
  const informing = { store, target: 'prod/shop', readRoute, orGuess: true } as const;
  const outcome = await changeInformed(informing, () => ({ epoch: 7 })).then(
    () => 'written',
    (refusal: unknown) => refusal,
  );
  return { written, outcome };
}

const problems: readonly KubeProblem[] = ['unavailable', 'conflict', 'gone'];

it.each(problems)('waits for a route whose read was %s, and writes nothing', async (problem) => {
  const error = new KubeError(problem, 'read httproute/shop');
  expect(await restoredWith(error)).toEqual({ written: null, outcome: error });
});

it('takes what the Lease says where there is no route, or one that may not be read', async () => {
  for (const error of [
    new NoRoute('none'),
    new KubeError('forbidden', 'read'),
    new KubeError('invalid', 'read'),
  ]) {
    expect(await restoredWith(error)).toEqual({ written: { epoch: 7 }, outcome: 'written' });
  }
});
