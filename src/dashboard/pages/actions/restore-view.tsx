/** The way back as it goes: how much of the deadline is used, and which steps are done. */

import { formatMeasured } from '../../../domain/duration.ts';
import type { RolloutStatus } from '../../../domain/rollout/status.ts';
import { useNow } from '../../live/use-now.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { type Milestone, type RestoreProgress, restoreProgress } from './restore-progress.ts';
import './actions.css';

const icons: Readonly<Record<Milestone['state'], IconName>> = {
  done: 'check',
  running: 'clock',
  waiting: 'pause',
  late: 'alert',
  failed: 'alert',
};
const words: Readonly<Record<Milestone['state'], string>> = {
  done: 'done',
  running: 'under way',
  waiting: 'not yet',
  late: 'late',
  failed: 'failed',
};

export function RestoreView({ status }: { readonly status: RolloutStatus }) {
  const progress = restoreProgress(status, useNow());
  if (progress === null) return null;
  return (
    <section className="restore" aria-label="The way back">
      <Deadline progress={progress} />
      <ol className="restore-steps">
        {progress.milestones.map(({ title, state, afterMs, detail }) => (
          <li key={title} data-state={state}>
            <Icon name={icons[state]} />
            <div>
              <p>
                {title} <span className="muted">{stateText(state, afterMs)}</span>
              </p>
              {detail === '' ? null : <p className="muted">{detail}</p>}
            </div>
          </li>
        ))}
      </ol>
      <details>
        <summary>{progress.actions.length} steps as they were recorded</summary>
        <ol className="restore-lines">
          {progress.actions.map(({ kind, text, atMs, afterMs }) => (
            <li key={`${atMs} ${kind} ${text}`}>
              <span className="number mono">+{formatMeasured(afterMs)}</span> {text}
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}

function stateText(state: Milestone['state'], afterMs: number | null): string {
  return afterMs === null ? words[state] : `${words[state]}, after ${formatMeasured(afterMs)}`;
}

function Deadline({ progress }: { readonly progress: RestoreProgress }) {
  const now = useNow();
  const { decidedAtMs, deadlineMs, restoredAfterMs } = progress;
  const takenMs = Math.max(0, restoredAfterMs ?? now - decidedAtMs);
  if (deadlineMs === null) return null;
  const used = Math.min(100, (takenMs / deadlineMs) * 100);
  const text =
    restoredAfterMs === null
      ? `${formatMeasured(takenMs)} of ${formatMeasured(deadlineMs)}`
      : `The data plane read 0 after ${formatMeasured(restoredAfterMs)}; ${formatMeasured(deadlineMs)} were allowed.`;
  return (
    <div className="restore-deadline">
      <p role="status">{text}</p>
      <progress max={100} value={used} aria-label="Part of the deadline that is used" />
    </div>
  );
}
