/**
 * What matters now, in one line that can be read half asleep: how it stands, why, and whether somebody is wanted. Pure.
 */
import type { RolloutView } from '../../../../api/contract.ts';
import { spoken } from '../../../../domain/analysis/format.ts';
import type { CheckRecord } from '../../../../domain/analysis/types.ts';
import { limitsBind } from '../../../../domain/rollout/moves.ts';
import { silenceOf } from '../../../../domain/rollout/silence.ts';
import { askedSinceMs, heldSinceMs, pauseOf } from '../../../../domain/rollout/standstill.ts';
import type { RolloutStatus, WatchProgress } from '../../../../domain/rollout/status.ts';
import type { SignIcon, Tone } from './sign.ts';

export interface Headline {
  readonly tone: Tone;
  readonly icon: SignIcon;
  readonly title: string;
  readonly text: string;
  /** Since when it stands still; null or absent: it goes on by itself, or that is not known. */
  readonly sinceMs?: number | null;
  /** When its time limit strikes, at the latest; absent: none binds, or it goes on by itself. */
  readonly limitAtMs?: number;
}

/** `nowMs`: when the view was known to be true last, by the clock of the workers. */
export function headlineOf(view: RolloutView, nowMs: number): Headline {
  const { status, temporalStatus } = view;
  if (status === null) return withoutAccount(view, nowMs);
  if (status.outcome !== null) return ended(status);
  if (temporalStatus !== 'RUNNING') return cutShort(view);
  if (status.cause !== null) return goingBack(status);
  return waiting(status) ?? inTrouble(view, nowMs) ?? goingOn(view, status);
}

function withoutAccount(view: RolloutView, nowMs: number): Headline {
  if (view.temporalStatus !== 'RUNNING') return cutShort(view);
  const where = isLapsed(view.live, nowMs)
    ? 'Its lease has run out, so the data plane sends all users to stable.'
    : 'Its canary keeps its share until the lease runs out; then the data plane takes it away by itself.';
  return {
    tone: 'warn',
    icon: 'offline',
    title: 'No worker answers',
    text: `The rollout waits for a worker. ${where} Rolling back works without a worker.`,
  };
}

function isLapsed(live: WatchProgress | null, nowMs: number): boolean {
  return live !== null && silenceOf(live, nowMs - live.atMs) === 'lapsed';
}

function cutShort({ temporalStatus }: RolloutView): Headline {
  return {
    tone: 'bad',
    icon: 'stop',
    title: `Ended from outside: ${temporalStatus.toLowerCase().replaceAll('_', ' ')}`,
    text: 'Somebody ended the workflow in Temporal, so it left no record. The data plane takes the canary’s traffic away when its lease runs out.',
  };
}

function ended({ outcome, version, arms, cause, refusal, rollback }: RolloutStatus): Headline {
  if (outcome === 'promoted') {
    return {
      tone: 'good',
      icon: 'check',
      title: 'Promoted',
      text: `${version} is the version of all users.`,
    };
  }
  if (outcome === 'refused') {
    return { tone: 'warn', icon: 'hand', title: 'Refused before anything was touched', text: refusal ?? '' };
  }
  const stable = rollback?.stableVersion ?? arms?.stableVersion ?? 'the stable version';
  return {
    tone: 'bad',
    icon: 'back',
    title: 'Rolled back',
    text: `All users are on ${stable}. ${sentence(rollback?.reason ?? cause?.reason ?? '')}`.trim(),
  };
}

function goingBack({ cause, restoredAtMs, rollback, arms }: RolloutStatus): Headline {
  const stable = arms?.stableVersion ?? 'the stable version';
  const home = restoredAtMs !== null;
  return {
    tone: 'bad',
    icon: 'back',
    title: home ? `All traffic is on ${stable}; cleaning up` : `Going back to ${stable}`,
    text: rollback === null ? sentence(cause?.reason ?? '') : '',
  };
}

/** What waits for a person comes before everything that goes on by itself. */
function waiting(status: RolloutStatus): Headline | null {
  const found = standstillOf(status);
  // The time limit ends with the promotion.
  return found !== null && limitsBind(status.phase) ? { ...found, limitAtMs: status.limitAtMs } : found;
}

function standstillOf(status: RolloutStatus): Headline | null {
  const askedMs = askedSinceMs(status);
  const { question, holdReason, paused, overrideAsked } = status;
  if (question === 'rollback')
    return asked('Waits for a yes to roll back', sentence(holdReason ?? ''), askedMs);
  if (question?.startsWith('gate:')) return asked('A gate waits for an approval', openGates(status), askedMs);
  if (question !== undefined || status.phase === 'approving') {
    const name = status.stages[status.stage]?.name ?? '';
    return asked(
      'Waits for an approval',
      `Stage “${name}” has passed its checks and waits for a yes or a no.`,
      askedMs,
    );
  }
  if (overrideAsked) {
    const { actor, reason, atMs } = overrideAsked;
    return asked('An override waits for a second person', `${actor}: ${reason}`, atMs);
  }
  if (holdReason !== null) return asked('Held', sentence(holdReason), heldSinceMs(status));
  if (paused) {
    const { actor, reason, sinceMs } = pauseOf(status);
    const still = 'The stage clock stands still. The canary keeps its users and is judged on.';
    return {
      tone: 'warn',
      icon: 'pause',
      title: actor === null ? 'Paused' : `Paused by ${actor}`,
      text: `${sentence(reason ?? '')} ${still}`.trim(),
      sinceMs,
    };
  }
  return null;
}

function asked(title: string, text: string, sinceMs: number | null): Headline {
  return { tone: 'warn', icon: 'hand', title, text, sinceMs };
}

function openGates({ gates = [] }: RolloutStatus): string {
  const closed = gates.filter(({ answer }) => answer !== 'open');
  return closed.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
}

function inTrouble({ live, workerAnswered }: RolloutView, nowMs: number): Headline | null {
  if (!workerAnswered)
    return {
      tone: 'warn',
      icon: 'offline',
      title: 'No worker answers',
      text: 'What is shown is what Temporal knows.',
    };
  if (live === null) return null;
  if (silenceOf(live, nowMs - live.atMs) !== null) {
    const text = isLapsed(live, nowMs)
      ? 'Its lease has run out, so the data plane sends all users to stable.'
      : 'Its lease is renewed by nobody else: without a watch the data plane takes the canary’s traffic away when it runs out.';
    return { tone: 'warn', icon: 'offline', title: 'The watch has not been heard of lately', text };
  }
  return live.trouble === null
    ? null
    : { tone: 'warn', icon: 'alert', title: 'Watching with trouble', text: sentence(live.trouble) };
}

function goingOn({ live }: RolloutView, status: RolloutStatus): Headline {
  const { phase, version, arms, stages, stage, askedPercent } = status;
  const name = stages[stage]?.name ?? '';
  const titles: Readonly<Record<string, string>> = {
    gating: 'Asking gates',
    preparing: `Starting ${version} beside ${arms?.stableVersion ?? 'stable'}`,
    shifting: `Setting the share of stage “${name}”`,
    soaking: `${version} has ${Number(askedPercent.toFixed(2))} % of traffic`,
    promoting: `Making ${version} the stable version`,
    watching: `${version} is promoted and watched`,
    cleaning: 'Cleaning up',
  };
  const text =
    live === null ? (phase === 'gating' ? openGates(status) : '') : standing(live.carry.checks, status);
  const failing = live?.carry.checks.filter(isFailing).length ?? 0;
  const title = titles[phase] ?? phase;
  if (failing === 0) return { tone: 'busy', icon: 'forward', title, text };
  const which = failing === 1 ? 'A check fails' : `${failing} checks fail`;
  return { tone: 'bad', icon: 'alert', title: `${which}: ${title}`, text };
}

function isFailing({ last }: CheckRecord): boolean {
  return last?.kind === 'fail';
}

function standing(records: readonly CheckRecord[], { stages, stage, phase }: RolloutStatus): string {
  const where = phase === 'watching' ? 'after the promotion' : `in stage “${stages[stage]?.name ?? ''}”`;
  if (records.length === 0) return `No check has been looked at yet ${where}.`;
  const failing = records.filter(isFailing);
  if (failing.length > 0) return sentence(failing.map(({ last }) => last?.reason ?? '').join('; '));
  const passing = records.filter(({ last }) => last?.kind === 'pass').length;
  if (passing === records.length)
    return `${records.length === 1 ? 'The one check passes' : `All ${records.length} checks pass`} ${where}.`;
  const others = records.filter(({ last }) => last?.kind !== 'pass').map((record) => spoken(record.name));
  return `${passing} of ${records.length} checks pass ${where}; nothing to judge by yet: ${others.join(', ')}.`;
}

function sentence(text: string): string {
  if (text === '') return '';
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
