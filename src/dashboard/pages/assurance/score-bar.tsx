/** A score of 100 as a bar and a number. */
import { scoreText, toneOf } from './words.ts';

export function ScoreBar({ label, score }: { readonly label: string; readonly score: number }) {
  return (
    <div className="assurance-score">
      <span>{label}</span>
      <meter
        min={0}
        max={100}
        low={70}
        high={90}
        optimum={100}
        value={score}
        data-tone={toneOf(score)}
        aria-label={`${label}, score of 100`}
      />
      <span className="assurance-number">{scoreText(score)}</span>
    </div>
  );
}
