/** Tells watches of changes of their routes, whoever made them. */
import type { TargetId } from '../../../domain/plan/types.ts';
import type { KubeHub } from '../../kube/hub.ts';
import type { KubeObject, KubeRef } from '../../kube/types.ts';
import { isStopMark } from './follow.ts';
import { markIn } from './notes.ts';
import type { Sights } from './sights.ts';
import { Surge } from './surge.ts';

export class RouteNews {
  private readonly hub: KubeHub;
  private readonly sights: Sights;
  private readonly onHome: (target: TargetId) => void;
  /** Users are safe when the guard has brought a route home, and the ends of many rollouts would be in its way. */
  private readonly homecomings = new Surge();

  /** `onHome`: somebody has brought the target's route home, so its Lease has changed as well. */
  constructor(hub: KubeHub, sights: Sights, onHome: (target: TargetId) => void) {
    this.hub = hub;
    this.sights = sights;
    this.onHome = onHome;
  }

  /** `isWhole`: no change of the route is one of something else. Returns when `signal` aborts. */
  async follow(
    target: TargetId,
    { ref, isWhole }: { readonly ref: KubeRef; readonly isWhole: boolean },
    onChange: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) return;
    let before: string | null = null;
    const leave = this.hub.follow(ref, (object) => {
      const now = contentOf(object);
      const changed = before !== null && before !== now;
      before = now;
      const tell = () => {
        this.sights.forget(target);
        if (changed) onChange();
      };
      if (changed && object !== null && isStopMark(markIn(object))) {
        this.onHome(target);
        this.homecomings.pass(onChange, tell);
        if (this.homecomings.holdsFor(onChange)) this.sights.hold(target);
      } else if (changed || !this.homecomings.holdsFor(onChange)) tell();
    });
    const unfollow = this.sights.follow(target, () => isWhole && this.hub.isLive(ref));
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    unfollow();
    leave();
    this.homecomings.drop(onChange);
  }

  close(): void {
    this.hub.close();
  }
}

/** What its controller reports is no change of the route. */
function contentOf(object: KubeObject | null): string {
  return JSON.stringify([object?.spec, object?.metadata.annotations]);
}
