/** Releases a stop of everything, which no emergency holds any more. */
import { useState } from 'react';
import type { ReleaseAnswer } from '../../../api/contract.ts';
import { client } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { ActDialog } from '../actions/act-dialog.tsx';
import { Releasing } from './releasing.ts';

export function ReleaseStop({ verifiedName }: { readonly verifiedName: string | null }) {
  const [releasing, setReleasing] = useState<Releasing | null>(null);
  const [answer, setAnswer] = useState<ReleaseAnswer | null>(null);
  return (
    <div className="card emergency-card">
      <h2>After a stop of all</h2>
      <p className="muted">
        A stop of all bars every rollout until it is released. Stops of single targets need no release: the
        next rollout of each clears its own.
      </p>
      {answer === null ? null : (
        <ul role="status">
          {answer.released.map((name) => (
            <li key={name}>
              {answer.notStopped?.includes(name)
                ? `${name}: nothing to release; no stop of everything was in force.`
                : `${name}: released; rollouts may begin again.`}
            </li>
          ))}
          {answer.notReleased.map(({ traffic, problem }) => (
            <li key={traffic}>
              {traffic}: NOT released: {problem}
            </li>
          ))}
        </ul>
      )}
      <div className="dialog-actions">
        <Button onClick={() => setReleasing(new Releasing(client))}>Release the stop of all …</Button>
      </div>
      {releasing === null ? null : (
        <ActDialog
          title="Release the stop of all"
          verb="Release"
          danger
          verifiedName={verifiedName}
          send={async (act) => {
            setAnswer(await releasing.send(act));
            setReleasing(null);
          }}
          meaningOf={releasing.meaningOf}
          onClose={() => setReleasing(null)}
        >
          <p>Rollouts can begin again behind every data plane, but where an open emergency holds it too.</p>
        </ActDialog>
      )}
    </div>
  );
}
