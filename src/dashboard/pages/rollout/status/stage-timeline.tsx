/** The stages in a line: past, now with what is left of it, and planned. */
import type { CSSProperties } from 'react';
import { Icon, type IconName } from '../../../ui/icon.tsx';
import { At, spanText } from '../../../ui/time.tsx';
import type { Progress, StageLine, StageState } from '../model/stage-lines.ts';
import { valueText } from '../model/wording.ts';

const icons: Readonly<Record<Exclude<StageState, 'now'>, IconName>> = {
  past: 'check',
  failed: 'back',
  planned: 'clock',
  dropped: 'cross',
};
const nowIcons: Readonly<Record<Progress, IconName>> = {
  goes: 'play',
  paused: 'pause',
  waits: 'hand',
  blind: 'alert',
  unheard: 'offline',
};

const clockWords: Readonly<Record<Progress, string>> = {
  goes: '',
  paused: '; its clock stands still',
  waits: '; its clock stands still',
  blind: '; its clock stands still',
  unheard: ' when last heard of',
};

export function StageTimeline({ lines }: { readonly lines: readonly StageLine[] }) {
  return (
    <ol className="stages" aria-label="Stages">
      {lines.map((line) => (
        <li
          key={line.key}
          className="stage"
          data-state={line.state}
          aria-current={line.state === 'now' ? 'step' : undefined}
        >
          <span className="stage-track" aria-hidden="true">
            <span style={{ inlineSize: `${Math.round(line.done * 100)}%` } satisfies CSSProperties} />
          </span>
          <p className="stage-name">
            <Icon name={line.state === 'now' ? nowIcons[line.progress] : icons[line.state]} size={14} />{' '}
            <strong>{line.name}</strong>{' '}
            {line.name.startsWith(String(line.weightPercent)) ? null : (
              <span className="muted">{valueText(line.weightPercent, '%')}</span>
            )}
          </p>
          <p className="stage-word">
            {line.progress === 'unheard' ? 'last known: ' : ''}
            {line.word === '' ? 'planned' : line.word}
            {line.approval && !line.isOver ? ', then an approval' : ''}
          </p>
          <Times line={line} />
        </li>
      ))}
    </ol>
  );
}

function Times({
  line: { state, progress, startedAtMs, endsAtMs, isOver, plannedMs, remainingMs },
}: {
  readonly line: StageLine;
}) {
  if (state === 'dropped') return <p className="muted">{spanText(plannedMs)} planned</p>;
  if (isOver && startedAtMs !== null && endsAtMs !== null) {
    return (
      <p className="muted">
        <At ms={startedAtMs} />, took {spanText(endsAtMs - startedAtMs)}
      </p>
    );
  }
  if (state === 'now') {
    if (remainingMs === null) return <p className="muted">{spanText(plannedMs)} planned</p>;
    return (
      <p>
        <strong>{spanText(remainingMs)} left</strong>{' '}
        <span className="muted">
          of {spanText(plannedMs)}
          {clockWords[progress]}
        </span>
      </p>
    );
  }
  return (
    <p className="muted">
      {spanText(plannedMs)}
      {startedAtMs === null ? null : (
        <>
          , from about <At ms={startedAtMs} />
        </>
      )}
    </p>
  );
}
