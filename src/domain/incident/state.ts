/** How an incident goes on: what each notice of a rollout of its target adds, and when it is over. Pure. */
import type { Notice, Subject } from '../notify/types.ts';
import { sentenceOf } from '../notify/words.ts';
import type { Incident, IncidentRollout } from './types.ts';

const maxEntries = 200;
const maxRollouts = 20;

/** Troubles that are incidents whatever their severity; others are when they are critical. */
const grave = ['rollback.begun', 'restore.late', 'drift.found', 'rollout.lost'];

/** Whether this notice opens an incident where none is open. */
export function opensIncident({ event, severity, trouble, rollback }: Notice): boolean {
  // What gave way to a newer version is none; what an emergency brought back belongs to the emergency's.
  const ofAnother = ['superseded by ', 'emergency'].some((word) => rollback?.reason.startsWith(word));
  if (ofAnother && severity !== 'critical') return false;
  if (event === 'rollout.lost') return true;
  return trouble === 'opened' && (severity === 'critical' || grave.includes(event));
}

/** Whether an open incident of the target may have to know. */
export function concernsIncident(notice: Notice): boolean {
  return opensIncident(notice) || notice.trouble === 'resolved' || also.includes(notice.event);
}

const also = [
  'rollback.restored',
  'rollback.verified',
  'cleanup.failed',
  'rollout.promoted',
  'rollout.ended',
  'trouble.acknowledged',
  'restore.second-means',
  'emergency.restored',
  'emergency.released',
];

export function newIncident(target: string, nowMs: number): Incident {
  return {
    target,
    severity: 2,
    state: 'open',
    title: target,
    openedAtMs: nowMs,
    updatedAtMs: nowMs,
    recoveredAtMs: null,
    closedAtMs: null,
    acknowledgedBy: null,
    rollouts: [],
    timeline: [],
  };
}

export function onReport(incident: Incident, subject: Subject, notice: Notice): Incident {
  if (incident.state === 'closed') return incident;
  const { event, severity, title, actor, atMs } = notice;
  const text = sentenceOf(notice);
  // A report whose answer was lost is sent again.
  if (incident.timeline.some((one) => one.atMs === atMs && one.event === event && one.text === text))
    return incident;
  const opens = opensIncident(notice);
  const noted: Incident = {
    ...incident,
    severity: opens && severity === 'critical' ? 1 : incident.severity,
    title: incident.timeline.length === 0 ? `${subject.target} ${subject.version}: ${title}` : incident.title,
    openedAtMs: incident.timeline.length === 0 ? atMs : incident.openedAtMs,
    updatedAtMs: atMs,
    acknowledgedBy: event === 'trouble.acknowledged' ? actor : incident.acknowledgedBy,
    rollouts: withRollout(incident.rollouts, subject, notice, opens),
    timeline: bounded([...incident.timeline, { atMs, event, text, actor }]),
  };
  return recovered(noted, notice, opens);
}

/**
 * Users are well when all traffic is back on stable, or when a version was promoted; it is over when the rollout is.
 */
function recovered(incident: Incident, { event, atMs }: Notice, opens: boolean): Incident {
  const unverified = event === 'rollback.verified' && opens;
  if (opens) return { ...incident, recoveredAtMs: null, ...(unverified && { unverified }) };
  const well = [
    'rollback.restored',
    'rollout.promoted',
    'rollout.released',
    'rollout.resumed',
    'stage.begun',
    'emergency.restored',
  ].includes(event);
  const recoveredAtMs = incident.recoveredAtMs ?? (well ? atMs : null);
  const ended = event === 'rollout.ended' || event === 'emergency.released';
  const { unverified: _, ...verified } = incident;
  if (event === 'rollback.verified' || event === 'rollout.promoted') return { ...verified, recoveredAtMs };
  // The rollout's end says nothing of a stable version that could not be shown to be well.
  if (!ended || incident.unverified) return { ...incident, recoveredAtMs };
  return { ...incident, state: 'closed', recoveredAtMs: recoveredAtMs ?? atMs, closedAtMs: atMs };
}

export function onClose(incident: Incident, by: { actor: string; reason: string }, nowMs: number): Incident {
  if (incident.state === 'closed') return incident;
  const text = closedByHand(by.reason);
  const entry = { atMs: nowMs, event: 'incident.closed', text, actor: by.actor } as const;
  return {
    ...incident,
    state: 'closed',
    closedAtMs: nowMs,
    updatedAtMs: nowMs,
    timeline: bounded([...incident.timeline, entry]),
  };
}

/** Only rollouts that were in trouble, each with the latest that is known of its rollback. */
function withRollout(
  rollouts: readonly IncidentRollout[],
  { runId, version, author }: Subject,
  { rollback }: Notice,
  opens: boolean,
): readonly IncidentRollout[] {
  const known = rollouts.find((one) => one.runId === runId);
  if (known === undefined && !opens) return rollouts;
  const latest = { runId, version, author, rollback: rollback ?? known?.rollback ?? null };
  return [...rollouts.filter((one) => one !== known), latest].slice(-maxRollouts);
}

/** The first lines say how it began, so they stay. */
function bounded<T>(entries: readonly T[]): readonly T[] {
  if (entries.length <= maxEntries) return entries;
  return [...entries.slice(0, maxEntries / 2), ...entries.slice(1 - maxEntries / 2)];
}

export function closedByHand(reason: string): string {
  return `closed by hand${reason === '' ? '' : `: ${reason}`}`;
}
