/** What would make a plan safer, though nothing is wrong with it. Pure. */
import type { Problem } from '../errors.ts';
import { parseImage } from '../gates/image-reference.ts';
import type { Plan } from '../plan/types.ts';

type Advice = (plan: Plan) => Problem | undefined;

const advices: readonly Advice[] = [
  ({ owner }) =>
    owner === undefined
      ? { path: 'owner', message: 'say whose service it is, so that people know whom to ask' }
      : undefined,
  ({ artifact }) =>
    artifact?.image !== undefined && !parseImage(artifact.image)?.digest
      ? { path: 'artifact.image', message: 'name the digest, so that the image cannot change under its tag' }
      : undefined,
  ({ gates = [] }) =>
    gates.length === 0
      ? {
          path: 'gates',
          message: 'ask for what must be true before traffic moves, such as ci, image or window',
        }
      : undefined,
  ({ guards = [] }) =>
    guards.length === 0
      ? {
          path: 'guards',
          message: 'name what must stay true under the canary, such as health of what both versions need',
        }
      : undefined,
  ({ rollback }) =>
    rollback.secondMeans.length === 0
      ? {
          path: 'rollback.secondMeans',
          message: 'name what cuts the canary off when the data plane does not obey',
        }
      : undefined,
  ({ rollback }) =>
    rollback.proof === 'read'
      ? {
          path: 'rollback.proof',
          message: 'write count where the data plane counts requests: the canary is home when none comes',
        }
      : undefined,
  ({ rollback }) =>
    rollback.verify === undefined
      ? {
          path: 'rollback.verify',
          message: 'judge the stable version after a rollback, so that a sick one is found',
        }
      : undefined,
  ({ rollback }) =>
    (rollback.cooldownMs ?? 0) === 0
      ? {
          path: 'rollback.cooldown',
          message: 'leave time after a rollback, so that the same version is not tried again at once',
        }
      : undefined,
];

/** In the order of a plan. */
export function recommendationsFor(plan: Plan): readonly Problem[] {
  return advices.flatMap((advice) => advice(plan) ?? []);
}
