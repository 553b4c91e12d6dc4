/** The canary's share of traffic as a bar: what is asked for as a mark, what is measured as the filling. */
import './share-bar.css';

interface ShareBarProps {
  /** Percent; null: not known. */
  readonly asked: number | null;
  readonly measured?: number | null;
  /** How the filling looks; default: busy. */
  readonly tone?: 'busy' | 'bad' | 'warn' | 'good' | 'idle';
}

/** The words beside it are for everybody, so the bar itself is not read out. */
export function ShareBar({ asked, measured = null, tone = 'busy' }: ShareBarProps) {
  const filled = clamp(measured ?? asked ?? 0);
  return (
    <span className="share-bar" data-tone={tone} aria-hidden="true">
      <span className="share-fill" style={{ inlineSize: `${filled}%` }} />
      {asked === null ? null : (
        <span className="share-mark" style={{ insetInlineStart: `${clamp(asked)}%` }} />
      )}
    </span>
  );
}

/** One digit after the point, and none where it is 0. */
export function percentText(percent: number | null): string {
  return percent === null ? '—' : `${Number(percent.toFixed(1))} %`;
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}
