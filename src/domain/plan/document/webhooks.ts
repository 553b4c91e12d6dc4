/** Reads what a plan wants to be told of: hooks of the operator's, each with events and a budget of its own. */
import { z } from 'zod';
import { adviceFor } from '../../nearest.ts';
import { type Webhook, webhookEvents } from '../types.ts';
import { duration, secondMs } from './duration-schema.ts';
import type { PlanCatalogue } from './providers.ts';
import type { Report } from './read.ts';

const event = z.enum(webhookEvents);

export const webhooksField = z
  .array(
    z.strictObject({
      hook: z.string().min(1).max(63).describe("Name of one of the operator's hooks."),
      on: z
        .union([event, z.array(event).min(1).max(webhookEvents.length)])
        .describe('stage: a stage has begun. rollback: one begins. post: the rollout has ended.'),
      timeout: duration(secondMs, 60 * secondMs)
        .prefault('10s')
        .describe('Longest time of one try.'),
      tries: z.int().min(1).max(10).default(3).describe('After so many failures it is given up.'),
    }),
  )
  .max(10)
  .optional()
  .describe('Who is told of what happens. Nothing waits for it.');

export function readWebhooks(
  given: z.output<typeof webhooksField>,
  { hooks = {} }: PlanCatalogue,
  report: Report,
): readonly Webhook[] {
  return (given ?? []).map(({ hook, on, timeout, tries }, at) => {
    if (!Object.hasOwn(hooks, hook)) {
      const message = `there is no hook "${hook}"; ${adviceFor(hook, Object.keys(hooks))}`;
      report.problems.push({ path: `webhooks[${at}].hook`, message });
    }
    return { hook, on: [on].flat(), timeoutMs: timeout, tries };
  });
}
