/** The queue of each receiver: notices in order, gathered where a route says so, at rest within a cooldown. Pure. */
import type { Item, NoticesState, Receiver } from './state.ts';
import type { Delivery, Notice, Thread } from './types.ts';

/** In one message; what is more follows in the next one. */
const maxGroup = 20;
/** A receiver that is away for long loses its oldest notices, which is counted. */
const maxPending = 500;

const fresh: Receiver = {
  pending: [],
  thread: null,
  delivered: 0,
  cooled: 0,
  lost: 0,
  lastDeliveredAtMs: null,
  lastProblem: null,
  toldAtMs: {},
};

export function withDelivery(
  state: NoticesState,
  notice: Notice,
  { to, cooldownMs, groupMs }: Delivery,
  nowMs: number,
): NoticesState {
  const receiver = state.receivers[to] ?? fresh;
  const lastMs = receiver.toldAtMs[notice.event];
  if (lastMs !== undefined && notice.atMs < lastMs + cooldownMs) {
    return withReceiver(state, to, { ...receiver, cooled: receiver.cooled + 1 });
  }
  const grouped = groupMs > 0;
  // What is critical takes along what waits, rather than waiting with it.
  const readyAtMs = notice.severity === 'critical' ? nowMs : nowMs + groupMs;
  const pending = [...receiver.pending, { notice, readyAtMs, grouped }];
  const tooMany = Math.max(0, pending.length - maxPending);
  return withReceiver(state, to, {
    ...receiver,
    pending: pending.slice(tooMany),
    lost: receiver.lost + tooMany,
    toldAtMs: { ...receiver.toldAtMs, [notice.event]: notice.atMs },
  });
}

/** The item that decides when the receiver is told next: a group goes as soon as one of it is ready. */
export function waitingFor({ pending }: Receiver): Item | null {
  const [first] = pending;
  if (first === undefined) return null;
  return groupOf(pending).toSorted((a, b) => a.readyAtMs - b.readyAtMs)[0] ?? first;
}

/** What goes to the receiver in one message now; empty: nothing. */
export function dueFor(receiver: Receiver, nowMs: number): readonly Notice[] {
  const item = waitingFor(receiver);
  if (item === null || item.readyAtMs > nowMs) return [];
  return groupOf(receiver.pending).map(({ notice }) => notice);
}

function groupOf(pending: readonly Item[]): readonly Item[] {
  const alone = pending.findIndex(({ grouped }) => !grouped);
  return alone === 0
    ? pending.slice(0, 1)
    : pending.slice(0, Math.min(maxGroup, alone < 0 ? maxGroup : alone));
}

export function onDelivered(
  state: NoticesState,
  to: string,
  notices: readonly Notice[],
  thread: Thread | null,
  nowMs: number,
): NoticesState {
  return settled(state, to, notices, (receiver) => ({
    ...receiver,
    thread: thread ?? receiver.thread,
    delivered: receiver.delivered + notices.length,
    lastDeliveredAtMs: nowMs,
    lastProblem: null,
  }));
}

/** Given up; what comes next is tried all the same. */
export function onUndelivered(
  state: NoticesState,
  to: string,
  notices: readonly Notice[],
  problem: string,
): NoticesState {
  return settled(state, to, notices, (receiver) => ({
    ...receiver,
    lost: receiver.lost + notices.length,
    lastProblem: problem,
  }));
}

function settled(
  state: NoticesState,
  to: string,
  notices: readonly Notice[],
  change: (receiver: Receiver) => Receiver,
): NoticesState {
  const receiver = state.receivers[to];
  if (receiver === undefined) return state;
  const keys = new Set(notices.map(({ key }) => key));
  const pending = receiver.pending.filter(({ notice }) => !keys.has(notice.key));
  return withReceiver(state, to, change({ ...receiver, pending }));
}

function withReceiver(state: NoticesState, to: string, receiver: Receiver): NoticesState {
  return { ...state, receivers: { ...state.receivers, [to]: receiver } };
}
