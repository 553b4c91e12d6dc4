/** What a rollout asks people, in words, and whose yes it waits for. */
import { overrideQuestion } from '../../domain/gates/approval-link.ts';
import { limitsBind } from '../../domain/rollout/moves.ts';
import { silenceOf } from '../../domain/rollout/silence.ts';
import { askedSinceMs } from '../../domain/rollout/standstill.ts';
import type { RolloutStatus } from '../../domain/rollout/status.ts';
import { checkCounts, isWatched } from '../board/row.ts';
import type { Waiting } from '../contract.ts';
import type { Told } from './looks.ts';

/** In words; the name is that of the rollout's status. */
export function questionText(name: string, { service, environment, version, stages }: RolloutStatus): string {
  const what = `${service} ${version}`;
  const [kind, place = ''] = name.split(':');
  const stage = stages[Number(place)]?.name ?? place;
  if (kind === 'rollback') return `May ${what} in ${environment}, which is promoted already, be rolled back?`;
  if (kind === 'stage') return `Stage "${stage}" has passed its checks. May ${what} in ${environment} go on?`;
  return place === 'start'
    ? `May the rollout of ${what} to ${environment} begin?`
    : `May ${what} in ${environment} go on to stage "${stage}"?`;
}

type Asked = Omit<Waiting, 'checks'>;

/** Everything that waits in one rollout. */
export function waitingIn({ status, live, beatAgeMs }: Told): readonly Waiting[] {
  // The watch of a phase that is over may still be ending.
  const watch = isWatched(status.phase) ? live : null;
  // What was true of the last heartbeat says nothing of now.
  const isSilent = watch !== null && silenceOf(watch, beatAgeMs) !== null;
  const stand = isSilent ? { askedPercent: null, checks: checkCounts(null) } : { checks: checkCounts(watch) };
  return [...approvalsIn(status), ...overridesIn(status)].map((one) => ({ ...one, ...stand }));
}

function approvalsIn(status: RolloutStatus): readonly Asked[] {
  const { question } = status;
  if (question === undefined) return [];
  const text = questionText(question, status);
  const sinceMs = askedSinceMs(status);
  const known = { ...partsOf(status), name: question, question: text, sinceMs };
  if (!question.startsWith('gate:')) {
    const kind = question === 'rollback' ? ('rollback' as const) : ('stage' as const);
    return [{ ...known, kind, people: null, not: notFor(status), needed: 1, counted: [] }];
  }
  const place = question.slice('gate:'.length);
  const gates = (status.gates ?? []).filter((one) => one.type === 'approval' && String(one.place) === place);
  const before = { ...known, kind: 'gate' as const, people: null, not: notFor(status) };
  // Not asked yet, or by an earlier worker: that somebody is waited for is known all the same.
  if (gates.length === 0) return [{ ...before, needed: 1, counted: [] }];
  return gates
    .filter(({ answer }) => answer !== 'open')
    .map(({ facts }) => ({
      ...before,
      people: Array.isArray(facts.waitsFor) ? facts.waitsFor.map(String) : null,
      needed: typeof facts.needed === 'number' ? facts.needed : 1,
      counted: Array.isArray(facts.counted) ? facts.counted.map(String) : [],
    }));
}

/** Whoever started the rollout, where what is asked now may want somebody else. */
export function notFor({ question = '', author, stages, stage }: RolloutStatus): string[] {
  const wantsAnother = question.startsWith('stage:')
    ? stages[stage]?.notAuthor === true
    : question.startsWith('gate:');
  return wantsAnother && author !== undefined ? [author] : [];
}

function overridesIn(status: RolloutStatus): readonly Asked[] {
  const { overrideAsked: asked } = status;
  const name = overrideQuestion(status);
  if (asked === undefined || name === null || status.outcome !== null || status.cause !== null) return [];
  const question = `May ${status.service} ${status.version} go on in spite of windows? ${asked.actor}: ${asked.reason}`;
  return [
    {
      ...partsOf(status),
      kind: 'override',
      name,
      question,
      people: null,
      not: [asked.actor],
      needed: 1,
      counted: [],
      sinceMs: asked.atMs,
    },
  ];
}

function partsOf(status: RolloutStatus) {
  const { target, environment, service, version, author = null, askedPercent, phase, limitAtMs } = status;
  return {
    target,
    environment,
    service,
    version,
    author,
    askedPercent,
    limitAtMs: limitsBind(phase) ? limitAtMs : null,
  };
}
