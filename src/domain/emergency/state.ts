/** How an emergency goes on: what each sweep adds, when the next one is due, when it is over. Pure. */
import type {
  EmergencyEntry,
  EmergencyInput,
  EmergencyOrder,
  EmergencyState,
  SweepInput,
  SweepResult,
  TargetLook,
  TargetRecord,
} from './types.ts';

const maxEntries = 200;
/** Good reads, in sweeps of their own, that make a target verified. */
const readsToVerify = 2;
/** However quiet it is, lists are looked at for so long: visibility shows a new rollout late. */
const lookoutMs = 15_000;
const firstPaceMs = 1_000;
const longestPaceMs = 60_000;

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

export function sweepInputOf({ order, records }: EmergencyState): SweepInput {
  const all = Object.values(records);
  return {
    order,
    open: all
      .filter((record) => !isSettled(record))
      .map(({ target, runId, told, promoted, switchedAtMs }) => ({
        target,
        runId,
        told,
        promoted,
        switchedAtMs,
      })),
    settledRuns: all.flatMap((record) => (isSettled(record) && record.runId ? [record.runId] : [])),
  };
}

export function onSwept(state: EmergencyState, result: SweepResult, nowMs: number): EmergencyState {
  const records = { ...state.records };
  for (const look of result.looks) records[look.target] = recordAfter(records[look.target], look, nowMs);
  const stoppedAll = state.order.stoppedAll.filter((name) => !result.released.includes(name));
  const swept: EmergencyState = {
    ...state,
    order: { ...state.order, stoppedAll },
    records,
    unknown: result.unknown,
    problem: result.problem,
    sweeps: state.sweeps + 1,
    sweptAtMs: nowMs,
  };
  const text = summaryOf(swept);
  const changed = state.sweeps === 0 || text !== summaryOf(state) || pictureOf(swept) !== pictureOf(state);
  const calm = { ...swept, calmSweeps: changed ? 0 : state.calmSweeps + 1 };
  return text === summaryOf(state) && state.sweptAtMs !== null
    ? calm
    : noted(calm, { text, actor: null, atMs: nowMs });
}

export function onRelease(state: EmergencyState, release: Omit<EmergencyEntry, 'text'> & { reason: string }) {
  const { actor, reason, atMs } = release;
  if (state.release) return state;
  const text = `released: ${reason}`;
  return noted({ ...state, release: { actor: actor ?? '', reason, atMs } }, { text, actor, atMs });
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

export function isSettled({ progress }: Pick<TargetRecord, 'progress'>): boolean {
  return progress === 'verified' || progress === 'left';
}

function recordAfter(before: TargetRecord | undefined, look: TargetLook, nowMs: number): TargetRecord {
  // Another rollout of the target is another story, unless it is the one that brings the wanted version.
  const known = before && (before.runId === look.runId || !isSettled(before)) ? before : undefined;
  const goodReads = look.good ? (known?.goodReads ?? 0) + 1 : 0;
  const { target, traffic, runId, promoted, reason, version } = look;
  return {
    target,
    traffic,
    runId,
    promoted,
    reason,
    version,
    told: look.told,
    progress: progressOf(look, goodReads),
    goodReads,
    looks: (known?.looks ?? 0) + 1,
    switchedAtMs: look.switched ? nowMs : (known?.switchedAtMs ?? null),
    foundAtMs: known?.foundAtMs ?? nowMs,
    restoredAtMs: look.good ? (known?.restoredAtMs ?? nowMs) : null,
    verifiedAtMs: progressOf(look, goodReads) === 'verified' ? (known?.verifiedAtMs ?? nowMs) : null,
  };
}

function progressOf({ good, done, left }: TargetLook, goodReads: number): TargetRecord['progress'] {
  if (left) return 'left';
  if (!good) return 'not-restored';
  return done && goodReads >= readsToVerify ? 'verified' : 'restored';
}

/** What of the records counts as a change. */
function pictureOf({ records }: EmergencyState): string {
  return Object.values(records)
    .map(({ target, progress, reason, runId }) => `${target} ${progress} ${reason} ${runId}`)
    .join('\n');
}

const maxNamed = 5;

/** One sentence about where it stands. */
export function summaryOf({ records, problem }: EmergencyState): string {
  const all = Object.values(records);
  const count = (progress: TargetRecord['progress']) =>
    all.filter((record) => record.progress === progress).length;
  const back = count('verified') + count('restored');
  const open = all.filter(({ progress }) => progress === 'not-restored' || progress === 'left');
  const named = open.slice(0, maxNamed).map(({ target, reason }) => `${target} (${reason ?? 'no reason'})`);
  const more = open.length > maxNamed ? ` and ${open.length - maxNamed} more` : '';
  return [
    `${back} of ${all.length} restored, ${count('verified')} verified`,
    ...(open.length > 0 ? [`not restored: ${named.join(', ')}${more}`] : []),
    ...(problem === null ? [] : [`the rollouts could not be listed: ${problem}`]),
  ].join('; ');
}
