/** What happens to a route, in Events on it. */
import type { KubeEvents, Note } from '../../kube/events.ts';
import type { LeaseState } from './lease-state.ts';
import type { RouteSeen } from './route.ts';

export class RouteEvents {
  private readonly events: KubeEvents;

  constructor(events: KubeEvents) {
    this.events = events;
  }

  shifted(seen: RouteSeen, { weightPercent, match }: LeaseState): void {
    const header = match === null ? '' : `, and whatever bears ${match.header}: ${match.value}`;
    this.note(seen, 'CanaryShifted', `The canary's share is ${weightPercent} %${header}.`);
  }

  moved(seen: RouteSeen, { stableSlot }: LeaseState): void {
    const where = stableSlot === 'green' ? "the canary's Service" : 'the stable Service';
    this.note(seen, 'StableMoved', `All traffic goes to ${where}, which is the stable version's now.`);
  }

  restored(seen: RouteSeen): void {
    this.note(seen, 'CanaryRestored', 'All traffic was brought back to the stable version.', 'Warning');
  }

  /** By the guard. */
  broughtHome(seen: RouteSeen, why: 'stopped' | 'lapsed' | 'deleted'): void {
    const { reason, because } = causes[why];
    this.note(seen, reason, `All traffic was brought back to the stable version: ${because}.`, 'Warning');
  }

  settled(): Promise<void> {
    return this.events.settled();
  }

  private note(
    { regarding }: RouteSeen,
    reason: string,
    message: string,
    type: Note['type'] = 'Normal',
  ): void {
    if (regarding !== undefined) this.events.note(regarding, { type, reason, message });
  }
}

const causes = {
  stopped: { reason: 'CanaryStopped', because: 'the canary was stopped' },
  lapsed: { reason: 'CanaryLapsed', because: "the canary's lease ran out and nobody renewed it" },
  deleted: { reason: 'CanaryStopped', because: "the canary's Lease was deleted" },
};
