/** One look at a rollout for the live list: cheap, since a thousand of them may be looked at in turn. */
import { z } from 'zod';
import { type Outline, outlineMemo } from '../../domain/rollout/outline.ts';
import type { Phase } from '../../domain/rollout/types.ts';
import type { Glance } from '../board/row.ts';
import { hasEnded } from '../contract.ts';
import type { RunRef } from '../service.ts';
import { canBeKept } from './accounts.ts';
import type { ServerClock } from './server-clock.ts';
import { untakenSinceMs } from './untaken.ts';
import { accountOf, beatOf, describe, type ViewDeps } from './view.ts';

/**
 * Phases that do not say why, or in which a late rollback may wait for an answer: the rollout itself is asked, and so
 * is every other whose account can be kept until something changes, since who looks at the list looks at some of its
 * rollouts next. That costs a worker something, and never more than the board's looks, of which there are so many in a
 * second whatever runs.
 */
const askedWhy: ReadonlySet<Phase | null> = new Set([
  'gating',
  'holding',
  'approving',
  'watching',
  'restoring',
  'cleaning',
]);

const outlineSchema: z.ZodType<Outline> = z.object({
  startedBy: z.string(),
  stages: z.array(z.object({ name: z.string(), weightPercent: z.number(), plannedMs: z.number() })),
  watchAfterMs: z.number(),
  restoreMs: z.number(),
});

interface GlanceDeps extends ViewDeps {
  readonly clock: ServerClock;
}

/** Errors: `rollout-not-found`, `temporal-unavailable`. */
export async function glanceOf(deps: GlanceDeps, ref: RunRef): Promise<Glance> {
  const { clock } = deps;
  // Before they are asked: what is told is no older than that, however long a worker takes to answer.
  const [atMs, askedAtMs] = [Date.now(), clock.now()];
  const described = await describe(deps, ref);
  const { summary, memo, raw } = described;
  const beat = beatOf(raw);
  clock.heard(Math.max(summary.startedAtMs, beat?.gotAtMs ?? 0));
  const beatAgeMs = beat === null ? 0 : clock.ageMs(beat.gotAtMs, askedAtMs);
  const sinceMs = hasEnded(summary) ? null : untakenSinceMs(raw);
  const untakenMs = sinceMs === null ? 0 : clock.ageMs(sinceMs, askedAtMs);
  const asks = hasEnded(summary) || askedWhy.has(summary.phase) || canBeKept(raw);
  const status = asks ? await accountOf(deps, described) : null;
  return { summary, outline: outlineIn(memo), live: beat?.live ?? null, beatAgeMs, untakenMs, status, atMs };
}

/** Null: there is none, or not one that this version understands. */
export function outlineIn(memo: (key: string) => unknown): Outline | null {
  const reading = outlineSchema.safeParse(memo(outlineMemo));
  return reading.success ? reading.data : null;
}
