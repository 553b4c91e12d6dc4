/** What events from outside do to a rollout, by their type and severity. */

export const eventTypes = ['security', 'alert', 'custom'] as const;
export type EventType = (typeof eventTypes)[number];

export const severities = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/** `rollback`: back to stable at once. `hold`: a person must decide. `note`: a line in the timeline. */
export const eventActions = ['rollback', 'hold', 'note'] as const;
export type EventAction = (typeof eventActions)[number];

export type EventPolicy = Readonly<Record<EventType, Readonly<Record<Severity, EventAction>>>>;

/** One action for a type stands for what is critical and for warnings; what is merely said is only noted. */
export function forAll(action: EventAction): EventPolicy[EventType] {
  return { critical: action, warning: action, info: 'note' };
}

export const usualEvents = { security: 'rollback', alert: 'hold', custom: 'note' } as const satisfies Record<
  EventType,
  EventAction
>;

/** What holds where the plan says nothing. */
export const defaultEventPolicy: EventPolicy = {
  security: forAll(usualEvents.security),
  alert: forAll(usualEvents.alert),
  custom: forAll(usualEvents.custom),
};
