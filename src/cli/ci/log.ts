/** A rollout as the log of a pipeline: a group for each part of its way, annotations for what went wrong. */
import type { RolloutView } from '../../api/contract.ts';
import { wayBackKinds } from '../../domain/rollout/rollback-record.ts';
import type { TimelineEntry } from '../../domain/rollout/types.ts';
import type { Followed } from '../follow.ts';
import type { Output } from '../io.ts';
import { clock, storyLine, writeLines } from '../text.ts';

/** Where groups and annotations are written as commands of GitHub's runner; elsewhere they are plain text. */
type Dialect = 'github' | 'plain';

interface CiLog {
  show(followed: Followed): void;
  /** Ends the open group. */
  close(): void;
  error(text: string): void;
}

/** Why it went back or was refused, the last line says; one failure is one annotation. */
const failures: readonly TimelineEntry['kind'][] = ['restore-late'];
const warnings: readonly TimelineEntry['kind'][] = [
  'held',
  'approval-asked',
  'limit-near',
  'clean-up-failed',
];

export function createCiLog(out: Output, dialect: Dialect, now: () => number): CiLog {
  let told = 0;
  let group: string | null = null;
  let last = '';
  const enter = (name: string) => {
    if (name === group) return;
    leave();
    group = name;
    writeLines(out, [dialect === 'github' ? `::group::${escaped(name)}` : `== ${name}`]);
  };
  const leave = () => {
    if (group !== null && dialect === 'github') writeLines(out, ['::endgroup::']);
    group = null;
  };
  const annotate = (kind: 'error' | 'warning', text: string) => {
    if (dialect === 'github') writeLines(out, [`::${kind} title=Sluice::${escaped(text)}`]);
    else if (kind === 'error') writeLines(out, [`ERROR ${text}`]);
  };
  return {
    show(followed) {
      if (followed.kind === 'blind') {
        writeLines(out, [`${clock(now())}  connection lost: ${harmless(followed.why)}; the rollout goes on`]);
        return;
      }
      const { view } = followed;
      const dropped = view.status?.droppedEntries ?? 0;
      const story = view.status?.timeline ?? [];
      for (const entry of story.slice(Math.max(0, told - dropped))) {
        enter(groupOf(entry, view));
        writeLines(out, [harmless(storyLine(entry))]);
        if (failures.includes(entry.kind)) annotate('error', entry.text);
        if (warnings.includes(entry.kind)) annotate('warning', entry.text);
      }
      told = story.length + dropped;
      const line = looksOf(view);
      if (line !== '' && line !== last) writeLines(out, [`${clock(now())}  ${harmless(line)}`]);
      last = line;
    },
    close: leave,
    error: (text) => annotate('error', text),
  };
}

function groupOf({ kind, stage }: TimelineEntry, { status }: RolloutView): string {
  if (status?.cause && (kind === 'finished' || wayBackKinds.includes(kind))) return 'Rollback';
  if (['promoting', 'promoted', 'cleaned', 'finished'].includes(kind)) return 'Promotion';
  if (stage === null) return 'Gates and preparation';
  return `Stage ${status?.stages[stage]?.name ?? stage + 1}`;
}

/** One line for each change of what the checks say. */
function looksOf({ status, live }: RolloutView): string {
  if (!status || !live || status.outcome) return '';
  const kinds = [...new Map(live.verdicts.map(({ check, kind }) => [check, kind]))].map((pair) =>
    pair.join(' '),
  );
  const trouble = live.trouble ? `; trouble: ${live.trouble}` : '';
  return `${status.phase} at ${status.askedPercent} %: ${kinds.join(', ') || 'no look yet'}${trouble}`;
}

/** The runner finds its older commands anywhere in a line, so what others wrote must not hold one. */
function harmless(text: string): string {
  return text.replaceAll('##[', '## [');
}

function escaped(text: string): string {
  return harmless(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
