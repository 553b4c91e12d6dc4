/** Releases a stop of everything, which no emergency holds any more. */
import { useEffect, useRef, useState } from 'react';
import type { ReleaseAnswer } from '../../../api/contract.ts';
import { client } from '../../api/client.ts';
import { useQuery } from '../../live/use-query.ts';
import { isNoneInForce } from '../../shell/stop-text.ts';
import { Button } from '../../ui/button.tsx';
import { ActDialog } from '../actions/act-dialog.tsx';
import { Releasing } from './releasing.ts';

const lookEveryMs = 3_000;

export function ReleaseStop({ verifiedName }: { readonly verifiedName: string | null }) {
  const [releasing, setReleasing] = useState<Releasing | null>(null);
  const [answer, setAnswer] = useState<ReleaseAnswer | null>(null);
  const { data, problem, reload } = useQuery('getEmergencyStop', {}, lookEveryMs);
  // Where it is not known people must be able to release all the same.
  const isNone = data !== null && problem === null && isNoneInForce(data);
  const heading = useRef<HTMLHeadingElement>(null);
  const isReleased = isNone && answer !== null;
  useEffect(() => {
    // The button that had the focus is gone.
    if (isReleased && document.activeElement === document.body) heading.current?.focus();
  }, [isReleased]);
  return (
    <div className="card emergency-card">
      <h2 ref={heading} tabIndex={-1}>
        After a stop of all
      </h2>
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
      {isNone ? (
        <p>No stop of all is in force.</p>
      ) : (
        <div className="dialog-actions">
          <Button onClick={() => setReleasing(new Releasing(client))}>Release the stop of all …</Button>
        </div>
      )}
      {releasing === null ? null : (
        <ActDialog
          title="Release the stop of all"
          verb="Release"
          danger
          verifiedName={verifiedName}
          send={async (act) => {
            setAnswer(await releasing.send(act));
            setReleasing(null);
            reload();
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
