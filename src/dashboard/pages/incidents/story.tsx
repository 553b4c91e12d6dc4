/** The story of an incident, asked for only when somebody wants to read it. */
import { useState } from 'react';
import type { IncidentView } from '../../../api/contract.ts';
import { useQuery } from '../../live/use-query.ts';
import { Loading, Problem } from '../../ui/states.tsx';
import { At } from '../../ui/time.tsx';

export function Story({ path }: { readonly path: string }) {
  const [open, setOpen] = useState(false);
  const { data, problem, reload } = useQuery<IncidentView>(open ? path : null);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Story</summary>
      {problem === null ? null : <Problem problem={problem} onRetry={reload} />}
      {open && data === null && problem === null ? <Loading what="the story" /> : null}
      <ol className="incident-story">
        {(data?.timeline ?? []).map(({ atMs, text, actor }) => (
          <li key={`${atMs} ${text}`}>
            <At ms={atMs} /> {text}
            {actor === null ? '' : ` (${actor})`}
          </li>
        ))}
      </ol>
    </details>
  );
}
