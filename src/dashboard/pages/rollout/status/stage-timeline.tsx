/** The stages in a line: past, now with what is left of it, and planned. */
import type { CSSProperties } from 'react';
import { Icon, type IconName } from '../../../ui/icon.tsx';
import { At, spanText } from '../../../ui/time.tsx';
import type { StageLine, StageState } from '../model/stage-lines.ts';
import { valueText } from '../model/wording.ts';

const icons: Readonly<Record<StageState, IconName>> = {
  past: 'check',
  failed: 'back',
  now: 'play',
  planned: 'clock',
  dropped: 'cross',
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
            <Icon name={icons[line.state]} size={14} /> <strong>{line.name}</strong>{' '}
            {line.name.startsWith(String(line.weightPercent)) ? null : (
              <span className="muted">{valueText(line.weightPercent, '%')}</span>
            )}
          </p>
          <p className="stage-word">
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
  line: { state, startedAtMs, endsAtMs, isOver, plannedMs, remainingMs },
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
    const left = remainingMs === null ? 'its clock stands still' : `${spanText(remainingMs)} left`;
    return (
      <p>
        <strong>{left}</strong> <span className="muted">of {spanText(plannedMs)}</span>
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
