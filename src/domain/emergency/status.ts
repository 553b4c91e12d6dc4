/** What an emergency tells of itself: the answer of its `status` query, with the incident that it is. */
import type { ScopeWords } from './scope.ts';
import { isRestored } from './state.ts';
import { summaryOf } from './summary.ts';
import type { EmergencyEntry, EmergencyState, Release, TargetRecord } from './types.ts';

export const emergencyPhases = ['restoring', 'restored', 'released'] as const;
export type EmergencyPhase = (typeof emergencyPhases)[number];

/** One per scope as long as it is open; updated with each sweep, closed by the release. */
interface Incident {
  readonly severity: 1;
  readonly state: 'open' | 'closed';
  readonly title: string;
  /** Where it stands, in one sentence. */
  readonly summary: string;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
  readonly closedAtMs: number | null;
}

export interface EmergencyStatus {
  readonly id: string;
  readonly scope: ScopeWords;
  readonly to: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly phase: EmergencyPhase;
  readonly targets: readonly TargetRecord[];
  /** Words of the scope of which no rollout is known; those with stars may be missing. */
  readonly unknown: readonly string[];
  /** Why the rollouts could not be listed at the last sweep; null: they could. */
  readonly problem: string | null;
  readonly sweeps: number;
  readonly incident: Incident;
  readonly release: Release | null;
  readonly timeline: readonly EmergencyEntry[];
}

export function phaseOf(state: EmergencyState): EmergencyPhase {
  if (state.release) return 'released';
  return isRestored(state) ? 'restored' : 'restoring';
}

export function emergencyStatusOf(state: EmergencyState): EmergencyStatus {
  const { id, scope, to, actor, reason } = state.order;
  return {
    id,
    scope,
    to,
    actor,
    reason,
    phase: phaseOf(state),
    targets: Object.values(state.records),
    unknown: state.unknown,
    problem: state.problem,
    sweeps: state.sweeps,
    incident: {
      severity: 1,
      state: state.closedAtMs === null ? 'open' : 'closed',
      title: `emergency rollback of ${scope.slice(0, 5).join(', ')}${scope.length > 5 ? ' …' : ''}: ${reason}`,
      summary: summaryOf(state),
      openedAtMs: state.openedAtMs,
      updatedAtMs: state.timeline.at(-1)?.atMs ?? state.openedAtMs,
      closedAtMs: state.closedAtMs,
    },
    release: state.release,
    timeline: state.timeline,
  };
}

/** For Temporal's UI, in Markdown. */
export function emergencyDetailsOf(state: EmergencyState): string {
  const { incident, actor, release } = emergencyStatusOf(state);
  const blocks = release
    ? `Released by ${release.actor}: ${release.reason}`
    : 'Rollouts in the scope are blocked until the signal `release` with `{"actor":"…","reason":"…"}`.';
  return [`**${incident.title}** (${actor})`, '', incident.summary, '', blocks].join('\n');
}
