/** What a rollout hands to its companion: the subject once, and then what is new in its story. */
import { gatesOf, gatingPlace } from '../gates/state.ts';
import { targetOf } from '../plan/types.ts';
import { rollbackRecordOf } from '../rollout/rollback-record.ts';
import { askedPercent, outcomeOf } from '../rollout/status.ts';
import type { RolloutState, TimelineEntry } from '../rollout/types.ts';
import { meaningOf } from './meaning.ts';
import type { Progress, Subject, Told } from './types.ts';

export function subjectOf({ plan, author = '' }: RolloutState, workflowId: string, runId: string): Subject {
  const { environment, service, version, artifact = {} } = plan;
  return {
    target: targetOf(plan),
    environment,
    service,
    version,
    workflowId,
    runId,
    author,
    artifact,
    stages: plan.stages.map(({ name, weightPercent }) => ({ name, weightPercent })),
  };
}

/** How many lines the story has had, with those that gave way. */
export function linesOf({ timeline, droppedEntries }: RolloutState): number {
  return timeline.length + droppedEntries;
}

/** Null: nothing that anybody is told has happened since line `from`. */
export function toldSince(state: RolloutState, from: number): Told | null {
  const fresh = linesOf(state) - from;
  if (fresh <= 0) return null;
  const first = linesOf(state) - Math.min(fresh, state.timeline.length);
  const lines = state.timeline
    .slice(-fresh)
    .map((entry, index) => ({ place: first + index, entry }))
    .filter(({ entry }) => isTold(entry));
  if (lines.length === 0) return null;
  return { lines, progress: progressOf(state), rollback: rollbackRecordOf(state) };
}

/** Whether something is in it for which people are woken. */
export function pagesAnybody({ lines, progress, rollback }: Told): boolean {
  return lines.some(({ entry }) => {
    const meaning = meaningOf(entry, progress.outcome, rollback);
    return meaning?.severity === 'critical' && meaning.trouble === 'opened';
  });
}

/** What a flood of messages makes is told to nobody. */
function isTold({ kind, data }: TimelineEntry): boolean {
  if (kind === 'event') return data?.action !== 'note';
  return kind !== 'command-refused' && kind !== 'message-malformed';
}

function progressOf(state: RolloutState): Progress {
  const { phase, stage, arms, gatingSinceMs } = state;
  const gates = phase === 'gating' ? gatesOf(state, gatingPlace(state)) : [];
  return {
    phase,
    outcome: outcomeOf(state),
    stage,
    askedPercent: askedPercent(state),
    stableVersion: arms?.stableVersion ?? null,
    waitsFor:
      gates.length === 0
        ? null
        : {
            gates: gates.map(({ name }) => name),
            approval: gates.some(({ type }) => type === 'approval'),
            sinceMs: gatingSinceMs ?? state.startedAtMs,
          },
  };
}
