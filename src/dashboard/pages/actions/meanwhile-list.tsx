/** Tells whoever is about to act what has happened since they began to. */
import type { RolloutStatus } from '../../../domain/rollout/status.ts';
import { Note } from '../../ui/note.tsx';
import { Said } from '../../ui/said.tsx';
import { At } from '../../ui/time.tsx';
import { since } from './meanwhile.ts';

interface MeanwhileListProps {
  readonly since: number;
  readonly status: RolloutStatus | null;
}

export function MeanwhileList({ since: mark, status }: MeanwhileListProps) {
  const lines = since(mark, status);
  if (lines.length === 0) return null;
  return (
    <Note live>
      <h3>Meanwhile</h3>
      <ul>
        {lines.slice(-5).map(({ atMs, kind, text, actor }) => (
          <li key={`${atMs} ${kind} ${text}`}>
            <At ms={atMs} /> <Said by={actor} text={text} />
          </li>
        ))}
      </ul>
    </Note>
  );
}
