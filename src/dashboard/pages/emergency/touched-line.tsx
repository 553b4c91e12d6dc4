/** Says which running rollouts an emergency would touch, so that a typing error is seen before it is confirmed. */
import type { ScopeWords } from '../../../domain/emergency/scope.ts';
import { useQuery } from '../../live/use-query.ts';
import { touchedBy } from './touched.ts';

interface TouchedLineProps {
  readonly kind: 'stop' | 'rollback';
  readonly words: ScopeWords;
}

const mostNamed = 10;

export function TouchedLine({ kind, words }: TouchedLineProps) {
  const { data } = useQuery('listRollouts', { running: 'true', limit: 200 });
  if (data === null) return null;
  const targets = touchedBy(kind, words, data.rollouts);
  const more = targets.length > mostNamed ? ` and ${targets.length - mostNamed} more` : '';
  const named = targets.length === 0 ? 'none' : `${targets.slice(0, mostNamed).join(', ')}${more}`;
  const rest = data.next === null ? '' : ' Only 200 of those that run were looked at.';
  return (
    <p>
      Of the rollouts that run now it touches {named}.{rest}
    </p>
  );
}
