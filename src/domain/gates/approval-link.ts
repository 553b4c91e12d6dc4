/**
 * What an approval link may do, once: one answer to one question of one rollout, in time. Pure; who signed it is for
 * the edges.
 */
import type { RolloutState } from '../rollout/types.ts';
import { asksForApproval, gatingPlace } from './state.ts';

/** What a link carries to the rollout. */
export interface LinkClaim {
  readonly id: string;
  /** The question, as `questionOf` names it. */
  readonly about: string;
  /** The rollout, by when it began. */
  readonly startedAtMs: number;
  readonly untilMs: number;
  /** Who made the link, where the API knows that for sure. */
  readonly by?: string;
}

/** More answers by link than any rollout has; beyond it no link counts, since a used one must not be forgotten. */
const maxUsed = 200;

/** The one thing that waits for a yes or a no now; null: nothing does. */
export function questionOf(state: RolloutState): string | null {
  if (state.cause !== null) return null;
  if (state.asked !== null) return 'rollback';
  if (state.phase === 'approving') return `stage:${state.stage}`;
  return asksForApproval(state) ? `gate:${gatingPlace(state)}` : null;
}

/** The override that waits for a second person, as a question; null: none does. */
export function overrideQuestion({ overrideAsked }: Pick<RolloutState, 'overrideAsked'>): string | null {
  return overrideAsked ? `override:${overrideAsked.atMs}` : null;
}

/** What a rollout knows by which links are judged. */
interface LinkContext {
  readonly startedAtMs: number;
  readonly usedLinks: readonly string[];
  readonly question: string | null;
}

/** Why the link does not count, in one sentence; null: it does. */
export function linkFault(context: LinkContext, link: LinkClaim, nowMs: number): string | null {
  const { startedAtMs, usedLinks, question } = context;
  if (link.startedAtMs !== startedAtMs) return 'the link is of another rollout of this target';
  if (usedLinks.includes(link.id)) return 'the link has been used';
  if (usedLinks.length >= maxUsed) return 'too many links have been used; answer with `sluice approve`';
  if (nowMs >= link.untilMs) return 'the link has expired';
  return link.about === question ? null : 'what the link asks about is not asked any more';
}

export function linkContext(state: RolloutState): LinkContext {
  const { startedAtMs, usedLinks = [] } = state;
  return { startedAtMs, usedLinks, question: questionOf(state) };
}

export function withUsed(state: RolloutState, link: LinkClaim | undefined): RolloutState {
  return link === undefined ? state : { ...state, usedLinks: [...(state.usedLinks ?? []), link.id] };
}
