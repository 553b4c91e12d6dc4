/**
 * Which approvals count, and who may not give one. Pure, so that the workflow can refuse at once and the gate can
 * explain.
 */
import type { Command, RolloutState } from '../rollout/types.ts';
import { same } from './override.ts';
import { gatesOf, gatingPlace } from './state.ts';
import type { Approval, GatePlace } from './types.ts';

export interface ApprovalRule {
  /** So many different people. */
  readonly count: number;
  /** Null: anybody. */
  readonly people: readonly string[] | null;
  /** Who stands in for one of the people, and for how long. */
  readonly delegations: readonly Delegation[];
  readonly notAuthor: boolean;
  /** How long an approval counts. */
  readonly validForMs: number;
}

export interface Delegation {
  readonly from: string;
  readonly to: string;
  /** Null: for ever. */
  readonly untilMs: number | null;
}

interface Tally {
  readonly counted: readonly string[];
  /** Approvals that do not count, each with the reason. */
  readonly ignored: readonly { readonly actor: string | null; readonly why: string }[];
}

export function tally(
  rule: ApprovalRule,
  about: {
    readonly approvals: readonly Approval[];
    readonly place: GatePlace;
    readonly author: string;
    readonly nowMs: number;
  },
): Tally {
  const here = about.approvals.filter(({ place }) => place === about.place);
  const judged = here.map((approval) => ({ approval, why: faultOf(rule, approval, about) }));
  const good = judged.flatMap(({ approval: { actor }, why }) => (why === null && actor ? [actor] : []));
  return {
    counted: good.filter((one, at) => good.findIndex((other) => same(one, other)) === at),
    ignored: judged.flatMap(({ approval: { actor }, why }) => (why === null ? [] : [{ actor, why }])),
  };
}

/** Whose yes is waited for: people of the roles, and who stands in for one of them now. Null: anybody's. */
export function waitsFor(
  { people, delegations, notAuthor }: ApprovalRule,
  counted: readonly string[],
  { author, nowMs }: { readonly author: string; readonly nowMs: number },
): readonly string[] | null {
  if (people === null) return null;
  const isOf = (names: readonly string[], one: string) => names.some((each) => same(each, one));
  const standIns = delegations
    .filter(({ from }) => isOf(people, from) && !(notAuthor && same(from, author)))
    .filter(({ untilMs }) => untilMs === null || nowMs < untilMs)
    .map(({ to }) => to);
  return [...new Set([...people, ...standIns])].filter((one) => !isOf(counted, one));
}

function faultOf(
  { people, delegations, notAuthor, validForMs }: ApprovalRule,
  { actor, atMs }: Approval,
  { author, nowMs }: { readonly author: string; readonly nowMs: number },
): string | null {
  if (actor === null || actor === '') return 'it names nobody';
  if (notAuthor && same(actor, author)) return 'whoever starts a rollout cannot approve it';
  const among = (one: string) => people === null || people.some((each) => same(each, one));
  if (!among(actor)) {
    const forThem = delegations.filter(({ from, to }) => same(to, actor) && among(from));
    // The author's no is not undone by somebody who speaks for the author.
    const standsIn = forThem.filter(({ from }) => !(notAuthor && same(from, author)));
    if (forThem.length > 0 && standsIn.length === 0)
      return 'they stand in for whoever started the rollout, who cannot approve it';
    const ends = standsIn.map(({ untilMs }) => untilMs ?? Number.POSITIVE_INFINITY);
    if (ends.length === 0) return 'they are not among those who may';
    const latestMs = Math.max(...ends);
    // What counts is when they said it.
    if (atMs >= latestMs) return `their delegation ended at ${new Date(latestMs).toISOString()}`;
  }
  return nowMs - atMs >= validForMs ? 'it has expired' : null;
}

/**
 * Told at once to whoever approves, where it can be known without the operator's settings; null: nothing speaks against
 * it.
 */
export function approvalFault(state: RolloutState, { actor }: Command): string | null {
  const gates = gatesOf(state, gatingPlace(state)).filter(({ type }) => type === 'approval');
  return (
    namelessFault(actor) ??
    (gates.every(({ options }) => options.notAuthor === true) ? ownFault(state, actor) : null)
  );
}

/** As above, of a stage that waits for a yes after its soak. */
export function stageApprovalFault(state: RolloutState, { actor }: Command): string | null {
  if (state.plan.stages[state.stage]?.notAuthor !== true) return null;
  return namelessFault(actor) ?? ownFault(state, actor);
}

function namelessFault(actor = ''): string | null {
  return actor === '' ? 'an approval needs the name of whoever gives it (actor)' : null;
}

function ownFault({ author = '' }: RolloutState, actor = ''): string | null {
  if (!same(actor, author)) return null;
  return `${actor} has started this rollout, and whoever starts one cannot approve it; ask somebody else`;
}
