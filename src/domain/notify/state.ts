/**
 * What the companion of a rollout knows: which notices wait for whom, what trouble is open, who has acknowledged it.
 * Pure.
 */

import type { NoticesInput } from './names.ts';
import { noticesOf } from './notices.ts';
import { waitingFor, withDelivery } from './receivers.ts';
import type {
  Escalation,
  Notice,
  NoticeEvent,
  PlanChannel,
  Routing,
  Severity,
  Subject,
  Thread,
  Told,
} from './types.ts';

/** A notice on its way to a receiver. */
export interface Item {
  readonly notice: Notice;
  readonly readyAtMs: number;
  /** May go into one message with others. */
  readonly grouped: boolean;
}

export interface Receiver {
  readonly pending: readonly Item[];
  readonly thread: Thread | null;
  readonly delivered: number;
  /** Not told again within the cooldown of a route. */
  readonly cooled: number;
  /** Given up, or refused by the receiver. */
  readonly lost: number;
  readonly lastDeliveredAtMs: number | null;
  readonly lastProblem: string | null;
  /** When each event was told last. */
  readonly toldAtMs: Readonly<Record<string, number>>;
}

interface Trouble {
  readonly notice: Notice;
  readonly severity: Severity;
  readonly ack: Ack | null;
}

export interface Ack {
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
}

interface PendingEscalation extends Escalation {
  readonly dueAtMs: number;
}

export interface NoticesState {
  readonly subject: Subject;
  readonly channels: readonly PlanChannel[];
  /** Keys of the latest notices, bounded: a repeated one is dropped. */
  readonly seen: readonly string[];
  readonly trouble: Trouble | null;
  readonly escalations: readonly PendingEscalation[];
  readonly receivers: Readonly<Record<string, Receiver>>;
  readonly giveUpAfterMs: number;
  readonly ended: boolean;
  readonly heardAtMs: number;
}

const remembered = 300;
const dayMs = 86_400_000;

export function noticesState({ subject, channels }: NoticesInput, nowMs: number): NoticesState {
  return {
    subject,
    channels,
    seen: [],
    trouble: null,
    escalations: [],
    receivers: {},
    giveUpAfterMs: dayMs,
    ended: false,
    heardAtMs: nowMs,
  };
}

/** The notices that are new, in a state that knows of them. */
export function onTold(state: NoticesState, told: Told, nowMs: number): Heard {
  return onNotices(state, noticesOf(state.subject, told), nowMs);
}

export function onNotices(state: NoticesState, notices: readonly Notice[], nowMs: number): Heard {
  return heard({ ...state, heardAtMs: nowMs }, notices);
}

export interface Heard {
  readonly state: NoticesState;
  readonly fresh: readonly Notice[];
}

function heard(state: NoticesState, notices: readonly Notice[]): Heard {
  const fresh: Notice[] = [];
  let next = state;
  for (const notice of notices) {
    if (next.seen.includes(notice.key)) continue;
    const weighed = weigh(next, notice);
    fresh.push(weighed);
    next = follow({ ...next, seen: [...next.seen, notice.key].slice(-remembered) }, weighed);
  }
  return { state: next, fresh };
}

/** Who heard of trouble hears of its end, so the end weighs as much. */
function weigh({ trouble }: NoticesState, notice: Notice): Notice {
  if (notice.trouble !== 'resolved') return notice;
  if (trouble === null) return { ...notice, trouble: 'none' };
  return { ...notice, severity: graver(notice.severity, trouble.severity) };
}

function follow(state: NoticesState, notice: Notice): NoticesState {
  const ended = state.ended || lastEvents.includes(notice.event);
  if (notice.trouble === 'resolved') return { ...state, ended, trouble: null, escalations: [] };
  if (notice.trouble !== 'opened') return { ...state, ended };
  const { trouble } = state;
  const severity = graver(notice.severity, trouble?.severity ?? notice.severity);
  // Trouble that grows needs a new acknowledgement.
  const ack = trouble !== null && severity === trouble.severity ? trouble.ack : null;
  return { ...state, ended, trouble: { notice, severity, ack } };
}

/** After these nothing more comes. */
const lastEvents: readonly NoticeEvent[] = ['rollout.ended', 'rollout.lost', 'emergency.released'];

function graver(a: Severity, b: Severity): Severity {
  const rank: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };
  return rank[a] <= rank[b] ? a : b;
}

/** Puts each notice in the queues of its receivers. */
export function onRouted(
  state: NoticesState,
  notices: readonly Notice[],
  routings: readonly Routing[],
  giveUpAfterMs: number,
  nowMs: number,
): NoticesState {
  let next: NoticesState = { ...state, giveUpAfterMs };
  notices.forEach((notice, index) => {
    const routing = routings[index];
    if (routing === undefined) return;
    for (const delivery of routing.deliveries) next = withDelivery(next, notice, delivery, nowMs);
    next = withEscalations(next, notice, routing.escalate);
  });
  return next;
}

/** Only of trouble that is still open, and not acknowledged. */
function withEscalations(state: NoticesState, notice: Notice, escalate: readonly Escalation[]): NoticesState {
  const { trouble } = state;
  if (trouble === null || trouble.ack !== null || escalate.length === 0) return state;
  const isKnown = ({ afterMs, to }: Escalation) =>
    state.escalations.some((one) => one.afterMs === afterMs && one.to.join() === to.join());
  const due = escalate
    .filter((one) => !isKnown(one))
    .map((one) => ({ ...one, dueAtMs: notice.atMs + one.afterMs }));
  return { ...state, escalations: [...state.escalations, ...due].toSorted((a, b) => a.dueAtMs - b.dueAtMs) };
}

/** Tells those whose turn has come. */
export function onTime(state: NoticesState, nowMs: number): NoticesState {
  const due = state.escalations.filter(({ dueAtMs }) => dueAtMs <= nowMs);
  const { trouble } = state;
  if (due.length === 0 || trouble === null) return state;
  let next: NoticesState = {
    ...state,
    escalations: state.escalations.filter(({ dueAtMs }) => dueAtMs > nowMs),
  };
  for (const { dueAtMs, afterMs, to } of due) {
    const notice: Notice = {
      ...trouble.notice,
      key: `${trouble.notice.key}/escalated/${afterMs}`,
      event: 'trouble.escalated',
      severity: trouble.severity,
      title: `nobody has acknowledged: ${trouble.notice.title}`,
      atMs: dueAtMs,
    };
    for (const one of new Set(to)) {
      next = withDelivery(next, notice, { to: one, cooldownMs: 0, groupMs: 0 }, nowMs);
    }
  }
  return next;
}

/** Why nothing can be acknowledged; null: something can. */
export function ackRefusalOf({ trouble }: NoticesState): string | null {
  if (trouble === null) return 'nothing is open that could be acknowledged';
  return trouble.ack === null ? null : `${trouble.ack.actor} has acknowledged it already`;
}

/** Ends the escalation, and tells those who heard of the trouble. */
export function onAck(state: NoticesState, ack: Ack): Heard {
  const { trouble } = state;
  if (trouble === null || trouble.ack !== null) return { state, fresh: [] };
  const notice: Notice = {
    ...trouble.notice,
    key: `${trouble.notice.key}/ack/${ack.atMs}`,
    event: 'trouble.acknowledged',
    severity: trouble.severity,
    trouble: 'none',
    title: `acknowledged by ${ack.actor}`,
    text: ack.reason === '' ? trouble.notice.text : ack.reason,
    actor: ack.actor,
    atMs: ack.atMs,
  };
  const next = { ...state, trouble: { ...trouble, ack }, escalations: [] };
  return { state: { ...next, seen: [...next.seen, notice.key].slice(-remembered) }, fresh: [notice] };
}

/** The rollout's workflow has gone without a word. */
export function onLost(state: NoticesState, nowMs: number): Heard {
  const { subject, trouble } = state;
  const text =
    'its workflow was ended from outside (terminated); the data plane ends the canary when its lease runs out';
  const notice: Notice = {
    key: `${subject.runId}/lost`,
    event: 'rollout.lost',
    severity: 'critical',
    trouble: 'none',
    title: 'ended from outside',
    text,
    actor: null,
    atMs: nowMs,
    progress: trouble?.notice.progress ?? {
      phase: 'preparing',
      outcome: null,
      stage: 0,
      askedPercent: 0,
      stableVersion: null,
      waitsFor: null,
    },
    rollback: trouble?.notice.rollback ?? null,
  };
  return heard(state, [notice]);
}

/** Everything is told, and nothing more will come. */
export function isTold({ ended, receivers }: NoticesState): boolean {
  return ended && Object.values(receivers).every(({ pending }) => pending.length === 0);
}

/** Everybody has heard everything, and nobody is left to be told that nobody has acknowledged. */
export function isOver(state: NoticesState): boolean {
  return isTold(state) && state.escalations.length === 0;
}

/** When something is due next, if nothing comes before; null: nothing is. */
export function nextDueMs(state: NoticesState, busy: ReadonlySet<string>): number | null {
  const idle = Object.entries(state.receivers).filter(([name]) => !busy.has(name));
  const ready = idle.flatMap(([, receiver]) => waitingFor(receiver)?.readyAtMs ?? []);
  const dues = [...ready, ...state.escalations.map(({ dueAtMs }) => dueAtMs)];
  return dues.length === 0 ? null : Math.min(...dues);
}
