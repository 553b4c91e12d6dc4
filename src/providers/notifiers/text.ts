/** The words of a message, which every notifier for people shares. */
import type { Notice, Severity } from '../../domain/notify/types.ts';
import { sentenceOf } from '../../domain/notify/words.ts';
import type { NotifierMessage } from './types.ts';

const longestText = 1_500;

export function subjectLine({ subject, notices }: NotifierMessage): string {
  const last = lastOf(notices);
  const more = notices.length > 1 ? ` (and ${notices.length - 1} more)` : '';
  return `${marks[gravestOf(notices)]}${subject.target} ${subject.version}: ${last.title}${more}`;
}

const marks: Readonly<Record<Severity, string>> = {
  critical: '[critical] ',
  warning: '[warning] ',
  info: '',
};

/** One line of one notice. */
export function lineOf({ actor, atMs, ...notice }: Notice): string {
  const by = actor === null ? '' : ` (${actor})`;
  return `${timeOf(atMs)} ${clip(sentenceOf(notice))}${by}`;
}

/** Where the rollout stands now. */
export function standingOf({ subject, notices }: NotifierMessage): string {
  const { progress } = lastOf(notices);
  const stage = subject.stages[progress.stage]?.name;
  const where = progress.outcome ?? `${progress.phase}${stage === undefined ? '' : `, stage ${stage}`}`;
  const from = progress.stableVersion === null ? '' : ` beside ${progress.stableVersion}`;
  return `${subject.version}${from}: ${where}, ${progress.askedPercent} % asked for`;
}

/** The whole message as plain text. */
export function bodyOf(message: NotifierMessage): string {
  const { subject, notices, link } = message;
  return [
    ...notices.map(lineOf),
    '',
    standingOf(message),
    `Target ${subject.target}, started by ${subject.author === '' ? 'somebody' : subject.author}`,
    ...(link === null ? [] : [link]),
  ].join('\n');
}

export function lastOf(notices: readonly Notice[]): Notice {
  const last = notices.at(-1);
  if (last === undefined) throw new Error('a message without a notice');
  return last;
}

export function gravestOf(notices: readonly Notice[]): Severity {
  if (notices.some(({ severity }) => severity === 'critical')) return 'critical';
  return notices.some(({ severity }) => severity === 'warning') ? 'warning' : 'info';
}

function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)}Z`;
}

export function clip(text: string, most: number = longestText): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
