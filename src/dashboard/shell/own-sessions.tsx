/** The browsers in which somebody is logged in, and a way to end what they have forgotten somewhere. */
import { useState } from 'react';
import type { BrowserSession } from '../../api/contract.ts';
import { type ApiProblem, client, problemOf } from '../api/client.ts';
import { useQuery } from '../live/use-query.ts';
import { Button } from '../ui/button.tsx';
import { Problem } from '../ui/states.tsx';
import { At } from '../ui/time.tsx';
import './own-sessions.css';

export function OwnSessions() {
  const { data, problem, reload } = useQuery('listSessions', {});
  const [refusal, setRefusal] = useState<ApiProblem | null>(null);
  const end = async ({ id, current }: BrowserSession) => {
    try {
      await client.revokeSession({ session: id, body: {} });
      if (current) return location.assign('/ui/login');
      setRefusal(null);
    } catch (error) {
      setRefusal(problemOf(error));
    }
    reload();
  };
  const shown = refusal ?? problem;
  return (
    <section className="own-sessions" aria-label="Where you are logged in">
      <h3>Where you are logged in</h3>
      <ul>
        {data?.sessions.map((one) => (
          <li key={one.id}>
            <span>
              <strong>{one.browser}</strong>
              {one.current ? ', this one' : ''}, since <At ms={one.beganMs} />
            </span>
            <Button label={`End the session of ${one.browser}`} onClick={() => void end(one)}>
              End
            </Button>
          </li>
        ))}
      </ul>
      {shown === null ? null : <Problem problem={shown} onRetry={reload} />}
    </section>
  );
}
