/** What each line of a rollout's story means to people: which event, how grave, and whether somebody has to act. */
import type { RollbackRecord } from '../rollout/rollback-record.ts';
import type { Outcome, TimelineEntry } from '../rollout/types.ts';
import type { Notice, NoticeEvent, Severity } from './types.ts';

type Meaning = Pick<Notice, 'event' | 'severity' | 'trouble' | 'title'>;

/** Null: nobody is told of it. */
export function meaningOf(
  entry: TimelineEntry,
  outcome: Outcome | null,
  rollback: RollbackRecord | null,
): Meaning | null {
  switch (entry.kind) {
    case 'started':
      return told('rollout.started', 'info', 'rollout started');
    case 'gates-open':
      return { ...told('gate.opened', 'info', 'gates are open'), trouble: 'resolved' };
    case 'gate-refused':
      return told('gate.refused', 'warning', 'a gate refused');
    case 'shifted':
      return { ...told('stage.begun', 'info', 'stage begun'), trouble: 'resolved' };
    case 'stage-passed':
      return told('stage.passed', 'info', 'stage passed');
    case 'check-failed':
      return told('check.failed', 'warning', 'check failed');
    case 'held':
      return held(entry);
    case 'released':
      return {
        ...told('rollout.released', pages(entry) ? 'critical' : 'info', 'goes on'),
        trouble: 'resolved',
      };
    case 'command':
      return command(entry);
    case 'event':
      return told('event.received', severityIn(entry), 'event from outside');
    case 'approval-asked':
      return { ...told('approval.asked', severityIn(entry), 'approval asked'), trouble: 'opened' };
    case 'clock-skewed':
      return told('clock.skewed', 'warning', 'clocks differ');
    case 'limit-near':
      return told('limit.near', 'warning', 'a time limit is near');
    case 'limit-struck':
      return told('limit.struck', 'warning', 'a time limit is reached');
    case 'promoted':
      return { ...told('rollout.promoted', 'info', 'promoted'), trouble: 'resolved' };
    case 'restore-started':
      return { ...told('rollback.begun', severityIn(entry), 'rollback begun'), trouble: 'opened' };
    case 'second-means':
      return told('restore.second-means', 'critical', 'the canary is cut off by other means');
    case 'restore-late':
      return { ...told('restore.late', 'critical', 'restore is late'), trouble: 'opened' };
    case 'restored':
      return { ...told('rollback.restored', 'info', 'all traffic is back on stable'), trouble: 'resolved' };
    case 'verified':
      return pages(entry)
        ? { ...told('rollback.verified', 'critical', 'stable was not shown to be well'), trouble: 'opened' }
        : told('rollback.verified', 'info', 'stable is well after the restore');
    case 'clean-up-failed':
      return told('cleanup.failed', 'warning', 'something is left behind');
    case 'finished':
      return {
        ...told('rollout.ended', outcome === 'refused' ? 'warning' : 'info', ended(outcome)),
        // What the verification has opened is for a person to end.
        trouble: (rollback?.verification?.result ?? 'passed') === 'passed' ? 'resolved' : 'none',
      };
    default:
      return null;
  }
}

function told(event: NoticeEvent, severity: Severity, title: string): Meaning {
  return { event, severity, trouble: 'none', title };
}

function held(entry: TimelineEntry): Meaning {
  const drift = entry.data?.hold === 'drift' || (entry.data === undefined && entry.text.startsWith('drift '));
  const title = drift ? 'held for drift in the data plane' : 'held until somebody decides';
  return { ...told(drift ? 'drift.found' : 'rollout.held', severityIn(entry), title), trouble: 'opened' };
}

function command(entry: TimelineEntry): Meaning | null {
  switch (entry.data?.command) {
    case 'pause':
      return told('rollout.paused', 'info', 'paused');
    case 'resume':
      return { ...told('rollout.resumed', 'info', 'resumed'), trouble: 'resolved' };
    case 'approve':
    case 'reject':
      return { ...told('approval.answered', 'info', `${entry.data.command} given`), trouble: 'resolved' };
    default:
      return null;
  }
}

/** Trouble is a warning unless its line says that people are paged. */
function severityIn(entry: TimelineEntry): Severity {
  return pages(entry) ? 'critical' : 'warning';
}

/** Lines of old have it in their words alone; what a person has written stands further on. */
const pagingWords = /^severity 1: |; severity 1: users are back/;

function pages({ text, data }: TimelineEntry): boolean {
  return data?.severity === 1 || pagingWords.test(text);
}

function ended(outcome: Outcome | null): string {
  return outcome === null ? 'rollout ended' : `rollout ended: ${outcome}`;
}
