/** What a watch does for the users of a rollout that was terminated: nobody else will restore. */
import { callSignal } from '../call-limit.ts';
import type { TrafficSide } from '../targets.ts';

/** Takes the canary out, unless a newer owner holds the target. Errors: those of the data plane. */
export async function restoreForTheGone({ provider, target }: TrafficSide, epoch: number): Promise<void> {
  const state = await provider.read(target, callSignal());
  if (state.epoch <= epoch) await provider.restore(target, epoch, callSignal());
}
