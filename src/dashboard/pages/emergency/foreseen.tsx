/** What an emergency will do, and to which of the rollouts that run now, so that a typing error is seen in time. */
import type { ScopeWords } from '../../../domain/emergency/scope.ts';
import { usePolled } from '../../live/use-polled.ts';
import { Note } from '../../ui/note.tsx';
import { emergencySentence, nothingToStop } from './scope.ts';
import { slipsIn, touchedBy } from './touched.ts';

interface ForeseenProps {
  readonly kind: 'stop' | 'rollback';
  readonly words: ScopeWords;
  /** Of a rollback: where promoted targets go; empty: they stay. */
  readonly to: string;
}

const mostNamed = 10;
const lookEveryMs = 3_000;

export function Foreseen({ kind, words, to }: ForeseenProps) {
  const { data, problem } = usePolled('listRollouts', { running: 'true', limit: 200 }, lookEveryMs);
  const sentence = emergencySentence(kind, words, to);
  if (data === null) {
    return (
      <>
        <Note>{sentence}</Note>
        {problem === null ? null : (
          <p>Which of the rollouts that run it touches cannot be seen now: {problem.detail}</p>
        )}
      </>
    );
  }
  const targets = touchedBy(kind, words, data.rollouts);
  const more = targets.length > mostNamed ? ` and ${targets.length - mostNamed} more` : '';
  const named = targets.length === 0 ? 'none' : `${targets.slice(0, mostNamed).join(', ')}${more}`;
  const isAll = data.next === null;
  const isIdle = isAll && targets.length === 0 && kind === 'stop' && !words.includes('all');
  return (
    <>
      <Note>{isIdle ? nothingToStop(words) : sentence}</Note>
      <p>
        Of the rollouts that run now it touches {named}.
        {isAll ? '' : ' Only 200 of those that run were looked at.'}
      </p>
      {slipsIn(kind, words, data.rollouts).map(({ word, meant }) => (
        <p key={word}>
          {word} touches none; did you mean <strong>{meant}</strong>?
        </p>
      ))}
    </>
  );
}
