/** The events of a plan as people write them: one action for a type, or one for each severity. */
import { z } from 'zod';
import {
  defaultEventPolicy,
  type EventPolicy,
  type EventType,
  eventActions,
  forAll,
  usualEvents,
} from '../event-policy.ts';

const action = z.enum(eventActions);

function actionsOf(type: EventType) {
  const usual = defaultEventPolicy[type];
  return z
    .union([
      action,
      z.strictObject({
        critical: action.default(usual.critical),
        warning: action.default(usual.warning),
        info: action.default(usual.info),
      }),
    ])
    .default(usualEvents[type])
    .describe(
      `One action (info is only noted then), or one for each severity. Default: ${usualEvents[type]}.`,
    );
}

const fields = z.strictObject({
  security: actionsOf('security'),
  alert: actionsOf('alert'),
  custom: actionsOf('custom'),
});

export const eventsField = fields
  .prefault({})
  .describe('What events do that are posted to the rollout: rollback, hold or note.');

export function eventPolicyOf(written: z.output<typeof fields>): EventPolicy {
  const of = (type: EventType) => {
    const given = written[type];
    return typeof given === 'string' ? forAll(given) : given;
  };
  return { security: of('security'), alert: of('alert'), custom: of('custom') };
}
