/** Stops of the canaries that the list at hand has, written while Temporal is asked what runs by now. */
import { isDeepStrictEqual } from 'node:util';
import type { TargetId } from '../../domain/plan/types.ts';
import type { RolloutSummary } from '../contract.ts';
import type { TrafficRef, Written } from '../express/data-planes.ts';
import { type ExpressDeps, type Located, locatedAtHand } from './stop-canary.ts';

export interface Early {
  readonly at: Located;
  /** Names the target as well. */
  readonly ref: TrafficRef;
  readonly written: Promise<Written>;
}

/** The list may be behind, which can only make it a stop too many: see `stopCanary`. */
export class EarlyStops {
  private readonly byTarget = new Map<TargetId, Early>();
  private readonly deps: ExpressDeps;

  constructor(deps: ExpressDeps, isMeant: (target: TargetId) => boolean) {
    this.deps = deps;
    for (const running of deps.looks.list.allLately()) {
      const { target } = running.summary;
      const at = isMeant(target) ? locatedAtHand(deps, running) : null;
      const [ref] = at?.refs ?? [];
      if (at && ref) this.byTarget.set(target, { at, ref, written: deps.planes.stop(ref) });
    }
  }

  get all(): Early[] {
    return [...this.byTarget.values()];
  }

  /** Writes the stop of a rollout that runs, unless it is written already and nothing can have cleared it since. */
  async stop({ target, runId }: RolloutSummary, ref: TrafficRef): Promise<Written> {
    const early = this.byTarget.get(target);
    const lasts = early?.at.enough === true && early.at.runId === runId && isDeepStrictEqual(early.ref, ref);
    const before = lasts ? await early.written : null;
    return before?.written === true ? before : await this.deps.planes.stop(ref);
  }
}
