/** Names of the companion that tells people of a rollout, shared by workflows, worker and API. */
import type { Plan } from '../plan/types.ts';
import type { NoticesState } from './state.ts';
import type { Notice, PlanChannel, Subject, Told } from './types.ts';

export const noticesType = 'notices';
export const noticesQueue = 'sluice-notify';
export const tellSignal = 'tell';
/** As `tell`, of an emergency. */
export const noticeSignal = 'notice';
export const ackMessage = 'ack';
/** The receiver that is always there: the incidents of the target. No notifier can have such a name. */
export const incidentsReceiver = '(incidents)';
export const noticesQuery = 'notices';

export function noticesIdOf({ target, runId }: Pick<Subject, 'target' | 'runId'>): string {
  return `notices/${target}/${runId}`;
}

/** The companion's only argument. `state` is set by continue-as-new. */
export interface NoticesInput {
  readonly subject: Subject;
  readonly channels: readonly PlanChannel[];
  readonly told: readonly Told[];
  /** Of an emergency, which words its notices itself. */
  readonly notices?: readonly Notice[];
  readonly state?: NoticesState;
}

/** Where no notifier is configured, a plan says nothing of it, and only what pages people opens an incident. */
export function tells(plan: Plan): boolean {
  return plan.notify !== undefined;
}
