/** How an emergency goes on: what each sweep adds, when the next one is due, when it is over. Pure. */
import { firstLook, isSettled, knownOf, readsToVerify, recordAfter } from './record.ts';
import { pictureOf, summaryOf } from './summary.ts';
import type { FindInput, FindResult, SweepInput, SweepResult } from './sweep.ts';
import type { EmergencyEntry, EmergencyInput, EmergencyOrder, EmergencyState } from './types.ts';

const maxEntries = 200;
/** However quiet it is, lists are looked at for so long: visibility shows a new rollout late. */
const lookoutMs = 15_000;
const firstPaceMs = 1_000;
const longestPaceMs = 60_000;
const subjectsPerSweep = 1_000;

export function openedState({ state, ...order }: EmergencyInput, nowMs: number): EmergencyState {
  if (state) return state;
  const opened: EmergencyState = {
    order,
    openedAtMs: nowMs,
    records: {},
    unknown: [],
    problem: null,
    sweeps: 0,
    calmSweeps: 0,
    sweptAtMs: null,
    release: null,
    closedAtMs: null,
    timeline: [],
  };
  return noted(opened, { text: `opened: ${order.reason}`, actor: order.actor, atMs: nowMs });
}

/** The same emergency was asked for once more: it looks again at once, and may have a version to go to now. */
export function onAgain(
  state: EmergencyState,
  again: Pick<EmergencyOrder, 'to' | 'actor' | 'reason' | 'stoppedAll'>,
  nowMs: number,
): EmergencyState {
  const to = again.to ?? state.order.to;
  const stoppedAll = [...new Set([...state.order.stoppedAll, ...again.stoppedAll])];
  // Who was settled without a version to go to is not settled with one.
  const records = to === state.order.to ? state.records : {};
  const text = `asked for again${again.to === null ? '' : `, to ${again.to}`}: ${again.reason}`;
  const asked = { ...state, order: { ...state.order, to, stoppedAll }, records, sweeps: 0, calmSweeps: 0 };
  return noted(asked, { text, actor: again.actor, atMs: nowMs });
}

export function findInputOf({ order, records, openedAtMs }: EmergencyState): FindInput {
  const all = Object.values(records);
  return {
    order,
    openedAtMs,
    open: all.filter((record) => !isSettled(record)).map(knownOf),
    settledRuns: all.flatMap((record) => (isSettled(record) && record.runId ? [record.runId] : [])),
  };
}

/** What was found is kept at once: whoever is told may have ended before anybody looks again. */
export function onFound(state: EmergencyState, result: FindResult, nowMs: number): EmergencyState {
  const records = { ...state.records };
  for (const found of result.found) records[found.target] ??= recordAfter(undefined, firstLook(found), nowMs);
  for (const { target, reason } of result.unseen) {
    const known = records[target];
    if (known) records[target] = { ...known, reason };
  }
  return { ...state, records, unknown: result.unknown, problem: result.problem };
}

/** Sweeps of a bounded size, so that no payload outgrows what Temporal takes. */
export function sweepInputsOf(state: EmergencyState, { found, idle }: FindResult): SweepInput[] {
  const subjects = found.map((one) => {
    const record = state.records[one.target];
    return { found: one, record: record && !isSettled(record) ? knownOf(record) : null };
  });
  const { order } = state;
  const inputs: SweepInput[] = [{ order, subjects: subjects.slice(0, subjectsPerSweep), idle }];
  for (let from = subjectsPerSweep; from < subjects.length; from += subjectsPerSweep) {
    inputs.push({ order, subjects: subjects.slice(from, from + subjectsPerSweep), idle: [] });
  }
  return inputs;
}

export function onSwept(
  before: EmergencyState,
  state: EmergencyState,
  results: readonly SweepResult[],
  nowMs: number,
): EmergencyState {
  const records = { ...state.records };
  const looks = results.flatMap((result) => result.looks);
  const released = results.flatMap((result) => result.released);
  for (const look of looks) records[look.target] = recordAfter(records[look.target], look, nowMs);
  const stoppedAll = state.order.stoppedAll.filter((name) => !released.includes(name));
  const swept: EmergencyState = {
    ...state,
    order: { ...state.order, stoppedAll },
    records,
    sweeps: state.sweeps + 1,
    sweptAtMs: nowMs,
  };
  const text = summaryOf(swept);
  const changed = state.sweeps === 0 || text !== summaryOf(before) || pictureOf(swept) !== pictureOf(before);
  const calm = { ...swept, calmSweeps: changed ? 0 : state.calmSweeps + 1 };
  return text === summaryOf(before) && before.sweptAtMs !== null
    ? calm
    : noted(calm, { text, actor: null, atMs: nowMs });
}

/** The block is lifted and the incident closed at once; what is lifted in the data planes after it is told in the story. */
export function onRelease(state: EmergencyState, release: Omit<EmergencyEntry, 'text'> & { reason: string }) {
  const { actor, reason, atMs } = release;
  if (state.release) return state;
  const text = `released: ${reason}`;
  const released = { ...state, release: { actor: actor ?? '', reason, atMs }, closedAtMs: atMs };
  return noted(released, { text, actor, atMs });
}

export function noted(state: EmergencyState, entry: EmergencyEntry): EmergencyState {
  const [first, ...rest] = [...state.timeline, entry];
  // The first entry says who opened it and why, so it stays.
  const timeline =
    first && rest.length >= maxEntries ? [first, ...rest.slice(1)] : [...state.timeline, entry];
  return { ...state, timeline };
}

/** Every target found so far is verified, or nothing more can be done for it, and the list was seen twice. */
export function isRestored(state: EmergencyState): boolean {
  return (
    state.sweeps >= readsToVerify && state.problem === null && Object.values(state.records).every(isSettled)
  );
}

/** Time until the next sweep; null: none is due until somebody asks. Doubles while nothing changes. */
export function nextSweepInMs(state: EmergencyState): number | null {
  if (state.sweeps === 0) return 0;
  const watchedMs = (state.sweptAtMs ?? 0) - state.openedAtMs;
  if (isRestored(state) && state.calmSweeps > 0 && watchedMs >= lookoutMs) return null;
  const longest = watchedMs < lookoutMs ? lookoutMs / 5 : longestPaceMs;
  return Math.min(longest, firstPaceMs * 2 ** Math.min(state.calmSweeps, 10));
}
