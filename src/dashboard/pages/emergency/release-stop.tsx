/** Releases a stop of everything, which no emergency holds any more. */
import { useState } from 'react';
import type { ReleaseAnswer } from '../../../api/contract.ts';
import { client } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { type Act, ActDialog } from '../actions/act-dialog.tsx';

export function ReleaseStop({ verifiedName }: { readonly verifiedName: string | null }) {
  const [asked, setAsked] = useState(false);
  const [answer, setAnswer] = useState<ReleaseAnswer | null>(null);
  const send = async ({ actor, reason, key }: Act) => {
    const body = { actor, ...(reason === '' ? {} : { reason }) };
    setAnswer(await client.releaseEmergencyStop({ body }, { idempotencyKey: key }));
    setAsked(false);
  };
  return (
    <div className="emergency-card">
      <h2>After a stop of all</h2>
      <p className="muted">
        A stop of all bars every rollout until it is released. Stops of single targets need no release: the
        next rollout of each clears its own.
      </p>
      {answer === null ? null : (
        <ul role="status">
          {answer.released.map((name) => (
            <li key={name}>{name}: released; rollouts may begin again.</li>
          ))}
          {answer.notReleased.map(({ traffic, problem }) => (
            <li key={traffic}>
              {traffic}: NOT released: {problem}
            </li>
          ))}
        </ul>
      )}
      <div className="dialog-actions">
        <Button onClick={() => setAsked(true)}>Release the stop of all …</Button>
      </div>
      {asked ? (
        <ActDialog
          title="Release the stop of all"
          verb="Release"
          danger
          verifiedName={verifiedName}
          send={send}
          onClose={() => setAsked(false)}
        >
          <p>Rollouts can begin again behind every data plane, but where an open emergency holds it too.</p>
        </ActDialog>
      ) : null}
    </div>
  );
}
