/** Reading a write back from the data plane; what serves it may need a while to follow. */
import { cancellationSignal } from '@temporalio/activity';
import { SluiceError } from '../domain/errors.ts';
import type { TrafficState } from '../providers/traffic/types.ts';
import { callSignal } from './call-limit.ts';
import type { ActivityDeps } from './deps.ts';
import type { TrafficSide } from './targets.ts';

/** A controller may take a while; below the time limit of the activities that wait for it. */
const followsWithinMs = 8_000;
const pauseMs = 100;

/** Errors: `traffic-mismatch` if it reads otherwise, or is not followed in time. */
export async function readBack(
  { clock }: ActivityDeps,
  side: TrafficSide,
  fits: (state: TrafficState) => boolean,
): Promise<TrafficState> {
  const endMs = clock.now() + followsWithinMs;
  for (;;) {
    const state = await side.provider.read(side.target, callSignal());
    if (state.behind === undefined && fits(state)) return state;
    if (state.behind === undefined || clock.now() > endMs) throw mismatch(side, state);
    await clock.sleep(pauseMs, cancellationSignal());
    cancellationSignal().throwIfAborted();
  }
}

function mismatch({ target }: TrafficSide, state: TrafficState): SluiceError {
  const { stableSlot, weightPercent, epoch, behind } = state;
  const seen = `stable ${stableSlot}, canary ${weightPercent} %, epoch ${epoch}`;
  const why =
    behind === undefined
      ? 'not what was written'
      : `and what serves it still gives ${behind.weightPercent} %`;
  return new SluiceError('traffic-mismatch', `The data plane of ${target.id} reads back ${seen}, ${why}.`);
}
