/** The story of an incident, asked for only when somebody wants to read it. */
import { useState } from 'react';
import type { RequestOf } from '../../../client/index.ts';
import { useQuery } from '../../live/use-query.ts';
import { Loading, Problem } from '../../ui/states.tsx';
import { At } from '../../ui/time.tsx';

export function Story({ incident }: { readonly incident: RequestOf<'getIncident'> }) {
  const [open, setOpen] = useState(false);
  const { data, problem, reload } = useQuery('getIncident', open ? incident : null);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Story</summary>
      {problem === null ? null : <Problem problem={problem} onRetry={reload} />}
      {open && data === null && problem === null ? <Loading what="the story" /> : null}
      <ol className="incident-story">
        {(data?.timeline ?? []).map(({ atMs, text, actor }) => (
          <li key={`${atMs} ${text}`}>
            <At ms={atMs} /> <bdi>{text}</bdi>
            {actor === null ? null : (
              <>
                {' '}
                (<bdi>{actor}</bdi>)
              </>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}
