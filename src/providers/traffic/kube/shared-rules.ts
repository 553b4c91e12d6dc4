/**
 * What routes of rules have in common, whatever a rule looks like: which are the target's, how they share, and how they
 * go back.
 */
import type { HeaderMatch } from '../../../domain/plan/types.ts';
import { sameMatch, sameShare } from '../../../domain/rollout/drift.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import { type PatchStep, pointer } from '../../kube/types.ts';
import { notedOf } from './keys.ts';
import type { SharesSeen } from './object-route.ts';

type Shares = Readonly<Record<Slot, number>>;

export interface RuleAt {
  readonly index: number;
  /** Tells it from the others, wherever it has moved to. */
  readonly key: string;
}

/** A rule of ours, which sends requests with a header to the canary. */
export interface OwnRule {
  readonly index: number;
  readonly match: HeaderMatch | null;
}

export interface SortedRules<R extends RuleAt> {
  readonly shared: readonly R[];
  /**
   * Rules that share with the canary and have none of the plan's names, while one of those is missing: somebody has
   * renamed them. Nothing is given there any more, but it counts, and is taken away.
   */
  readonly renamed: readonly R[];
  /** Rules that were renamed and give the canary nothing any more: at the end they are given back as well. */
  readonly idle: readonly R[];
  readonly own: readonly OwnRule[];
}

export interface RuleReading<R extends RuleAt> {
  nameOf(rule: R): string | undefined;
  /** Percent of the rule's requests that each slot gets. */
  sharesOf(rule: R): Shares;
  /** As we share a rule: a way to the canary alone is its owner's. */
  hasBoth(rule: R): boolean;
}

/** `all`: every rule that sends to one of the slots; `names`: those of the plan, if it names any. */
export function sortedRules<R extends RuleAt>(
  all: readonly R[],
  own: readonly OwnRule[],
  names: readonly string[] | undefined,
  { nameOf, sharesOf, hasBoth }: RuleReading<R>,
): SortedRules<R> {
  const isNamed = (rule: R) => names === undefined || names.includes(nameOf(rule) ?? '');
  const shared = all.filter(isNamed);
  const isMissing = names?.some((name) => !shared.some((rule) => nameOf(rule) === name)) ?? false;
  const others = isMissing ? all.filter((rule) => !isNamed(rule) && hasBoth(rule)) : [];
  const gives = (rule: R) => sharesOf(rule).green > 0;
  return { shared, renamed: others.filter(gives), idle: others.filter((rule) => !gives(rule)), own };
}

/** `takesHeader`: how many shared rules have one of ours before them while there is a match. */
export function sharesIn<R extends RuleAt>(
  { shared, renamed, own }: SortedRules<R>,
  { sharesOf }: RuleReading<R>,
  takesHeader: (match: HeaderMatch | null) => number = () => shared.length,
): SharesSeen {
  const each = [...shared, ...renamed].map(sharesOf);
  // Rules that differ are not as they were asked to be; the larger share is the one to worry about.
  const largest = (slot: Slot) => Math.max(0, ...each.map((shares) => shares[slot]));
  const shares = { blue: largest('blue'), green: largest('green') };
  const match = own[0]?.match ?? null;
  const alike =
    each.every(({ blue, green }) => sameShare(green, shares.green) && blue + green > 0) &&
    own.every((ours) => sameMatch(ours.match, match)) &&
    (own.length === 0 || own.length === takesHeader(match));
  return { shares, match, ...(alike ? {} : { incomplete: true }) };
}

/** Takes our rules away, and puts new ones before the rules that they belong to; from the end, so that indices hold. */
export function headerSteps<R extends RuleAt>(
  /** The field of the spec that has the rules. */
  field: string,
  { shared, own }: Pick<SortedRules<R>, 'shared' | 'own'>,
  /** Null: the rule takes no such requests. Absent: there is no way by a header. */
  ruleFor?: (rule: R) => object | null,
): readonly PatchStep[] {
  const path = (index: number) => pointer('spec', field, index);
  const remove = own.toReversed().map(({ index }): PatchStep => ({ op: 'remove', path: path(index) }));
  const add = shared.toReversed().flatMap((rule): PatchStep[] => {
    const index = rule.index - own.filter((before) => before.index < rule.index).length;
    const value = ruleFor?.(rule) ?? null;
    return value === null ? [] : [{ op: 'add', path: path(index), value }];
  });
  return [...remove, ...add];
}

/** What was noted of a rule when it was found: its key, the weights of stable and of the canary, and more. */
type Noted = readonly [string, unknown, unknown, ...unknown[]];

/** The canary's weight as noted: the rule had no such backend. */
export const noBackend = 'none';

/** The steps that give the rules back, by what was noted of each. */
export function undoRules<R extends RuleAt, Note extends Noted>(
  field: string,
  { shared, renamed, idle, own }: SortedRules<R>,
  notes: readonly Note[],
  stableSlot: Slot,
  { hasBoth }: RuleReading<R>,
  /** `isAdded`: the canary's backend is one that we have added. */
  undo: (rule: R, note: Note | undefined, isAdded: boolean) => readonly PatchStep[],
): readonly PatchStep[] {
  const ours = headerSteps<R>(field, { shared, own });
  // A canary that has become stable keeps all traffic: that is not how the route was found, but how it should be.
  if (stableSlot === 'green') return ours;
  const all = [...shared, ...renamed, ...idle].toSorted((a, b) => a.index - b.index);
  const noted = notedOf(
    all.map(({ key }) => key),
    notes,
  );
  // Of a rule that cannot be told from others any more, it is ours if none had one.
  const hadNone = notes.length > 0 && notes.every(([, , canary]) => canary === noBackend);
  const isAdded = (rule: R, note: Note | undefined) =>
    note === undefined ? hadNone && hasBoth(rule) : note[2] === noBackend;
  return [...all.flatMap((rule, nth) => undo(rule, noted[nth], isAdded(rule, noted[nth]))), ...ours];
}
