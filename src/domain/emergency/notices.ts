/** What people are told of an emergency: that it is open, that all is back, and that it is released. Pure. */
import type { Notice, NoticeEvent, Subject } from '../notify/types.ts';
import { emergencyWorkflowIdOf } from './scope.ts';
import type { EmergencyPhase } from './status.ts';
import { summaryOf } from './summary.ts';
import type { EmergencyState } from './types.ts';

/** Where routes find emergencies: what they bring back may lie in many environments. */
const environment = 'emergency';

export function emergencySubject({ order }: EmergencyState, runId: string): Subject {
  // The id may hold what the name of a service may not.
  const service = order.id.replaceAll('/', ':');
  return {
    target: `${environment}/${service}`,
    environment,
    service,
    version: order.to ?? 'stable',
    workflowId: emergencyWorkflowIdOf(order.id),
    runId,
    author: order.actor,
    artifact: {},
    stages: [],
  };
}

const everythingIsBack = 'everything in the scope is back';

const told: Readonly<
  Record<EmergencyPhase, { event: NoticeEvent; trouble: Notice['trouble']; title: string }>
> = {
  restoring: { event: 'emergency.opened', trouble: 'opened', title: 'emergency rollback' },
  restored: { event: 'emergency.restored', trouble: 'resolved', title: everythingIsBack },
  released: { event: 'emergency.released', trouble: 'resolved', title: 'emergency released' },
};

/** One for each phase that it comes to; it may come to one again when something new is found. */
export function emergencyNotice(
  state: EmergencyState,
  phase: EmergencyPhase,
  runId: string,
  nowMs: number,
): Notice {
  const { order, release } = state;
  const { scope, reason, actor } = order;
  const named = scope.slice(0, 5).join(', ');
  const text = {
    restoring: `${named}: ${reason}; new rollouts there are blocked until it is released`,
    restored: `${named}: ${summaryOf(state)}; new rollouts there stay blocked until it is released`,
    released: `${named}: ${release?.reason ?? ''}`,
  }[phase];
  return {
    key: `${runId}/${phase}/${nowMs}`,
    ...told[phase],
    ...(phase === 'restored' ? { title: restoredTitle(state) } : {}),
    severity: 'critical',
    text,
    actor: phase === 'released' ? (release?.actor ?? null) : actor,
    atMs: nowMs,
    progress: {
      phase: phase === 'restoring' ? 'restoring' : 'rolled-back',
      outcome: null,
      stage: 0,
      askedPercent: 0,
      stableVersion: null,
      waitsFor: null,
    },
    rollback: null,
  };
}

/** What cannot be brought back is over as well, and must not be read as good news. */
function restoredTitle({ records }: EmergencyState): string {
  const all = Object.values(records);
  const left = all.filter(({ progress }) => progress === 'left').length;
  return left === 0 ? everythingIsBack : `${left} of ${all.length} in the scope could not be brought back`;
}
