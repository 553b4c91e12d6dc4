/** What a plan comes to once every default is filled in, in the few figures that people look for first. */
import { plannedTotalMs } from '../../../domain/plan/planned.ts';
import type { Plan } from '../../../domain/plan/types.ts';

interface PlanDigest {
  readonly plan: Plan;
  /** If every stage takes the time that it plans, and nobody has to be waited for. */
  readonly plannedMs: number;
  /** The first share of users that meets the new version, percent. */
  readonly firstPercent: number;
}

/** Of the plan in the API's answer, which is one that it has read itself. */
export function digestOf(answered: Readonly<Record<string, unknown>>): PlanDigest {
  const plan = answered as unknown as Plan;
  const first = plan.stages.find(({ weightPercent }) => weightPercent > 0);
  return { plan, plannedMs: plannedTotalMs(plan.stages), firstPercent: first?.weightPercent ?? 0 };
}
