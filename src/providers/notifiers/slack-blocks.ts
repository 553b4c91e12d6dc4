/** A message in Slack's own markup. */
import type { Notice } from '../../domain/notify/types.ts';
import { lineOf, standingOf, subjectLine } from './text.ts';
import type { NotifierMessage } from './types.ts';

/** Slack refuses a section whose text is longer than 3,000 characters. */
const longestSection = 2_900;

interface SlackText {
  /** What notifications and readers without blocks show. */
  readonly text: string;
  readonly blocks: readonly object[];
}

/** The news, each on a line of its own. */
export function newsOf(message: NotifierMessage): SlackText {
  return {
    text: escaped(subjectLine(message)),
    blocks: [section(heading(message)), ...message.notices.map(news)],
  };
}

/** Only the news, under a head that says where the rollout stands. */
export function replyOf(message: NotifierMessage): SlackText {
  return { text: escaped(subjectLine(message)), blocks: message.notices.map(news) };
}

/** Where the rollout stands; written anew with each message. */
export function headOf(message: NotifierMessage): SlackText {
  const { subject, notices } = message;
  const reached = notices.at(-1)?.progress.stage ?? 0;
  const stages = subject.stages.map(({ name }, index) =>
    index === reached ? `*${escaped(name)}*` : escaped(name),
  );
  const blocks = [
    section(heading(message)),
    section(`${escaped(standingOf(message))}\n${stages.join(' → ')}`),
  ];
  return { text: escaped(subjectLine(message)), blocks };
}

function heading(message: NotifierMessage): string {
  const line = `*${escaped(subjectLine(message))}*`;
  return message.link === null ? line : `${line}  <${message.link}|open>`;
}

function news(notice: Notice): object {
  return section(escaped(lineOf(notice)));
}

function section(text: string): object {
  const short = text.length <= longestSection ? text : `${text.slice(0, longestSection)}…`;
  return { type: 'section', text: { type: 'mrkdwn', text: short } };
}

/** The three characters that Slack reads as markup of its own; a name must not become a link or a mention. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
