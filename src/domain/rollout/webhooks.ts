/** Which webhooks are due: each event of a rollout is told once, however often its workflow looks. Pure. */
import type { Webhook, WebhookEvent } from '../plan/types.ts';
import { withNote } from './timeline.ts';
import { type RolloutEvent, type RolloutState, terminalPhases } from './types.ts';

export interface Telling {
  /** The same for the same event of the same rollout. */
  readonly key: string;
  readonly webhook: Webhook;
  readonly event: WebhookEvent;
  /** Of the event `stage`. */
  readonly stage: number | null;
}

/** What has happened and was not begun to be told. */
export function dueTellings(state: RolloutState): readonly Telling[] {
  const { plan, told = [] } = state;
  const happened = plan.webhooks === undefined ? [] : eventsOf(state);
  const all = (plan.webhooks ?? []).flatMap((webhook, at) =>
    happened
      .filter(({ event }) => webhook.on.includes(event))
      .map(({ event, stage }) => ({ key: `${at}:${event}${stage ?? ''}`, webhook, event, stage })),
  );
  return all.filter(({ key }) => !told.includes(key));
}

function eventsOf({ phase, cause, reports }: RolloutState): readonly Pick<Telling, 'event' | 'stage'>[] {
  const ended = terminalPhases.some((one) => one === phase);
  return [
    ...reports.map((_, stage) => ({ event: 'stage' as const, stage })),
    ...(cause === null ? [] : [{ event: 'rollback' as const, stage: null }]),
    ...(ended ? [{ event: 'post' as const, stage: null }] : []),
  ];
}

export function onTelling(state: RolloutState, keys: readonly string[]): RolloutState {
  return { ...state, told: [...(state.told ?? []), ...keys] };
}

export function onTold(
  state: RolloutState,
  { hook, about, problem }: RolloutEvent & { kind: 'told' },
  nowMs: number,
): RolloutState {
  const text =
    problem === null ? `${hook} was told of ${about}` : `${hook} could not be told of ${about}: ${problem}`;
  return withNote(state, { kind: 'webhook', text }, nowMs);
}
