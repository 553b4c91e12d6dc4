/**
 * What can be done to a rollout now, as buttons; each asks first. Afterwards a way back is shown until it is verified.
 */
import { useId, useState } from 'react';
import type { CommandAnswer, RolloutView } from '../../../api/contract.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';
import { useQuery } from '../../live/use-query.ts';
import { useMyName } from '../../shell/who.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { barredAnswer } from '../approvals/people.ts';
import { AckAction } from './ack-action.tsx';
import { choicesFor } from './allowed.ts';
import { expressText, untoldText } from './answer.ts';
import { CommandDialog } from './command-dialog.tsx';
import { RestoreView } from './restore-view.tsx';
import { useRights } from './use-rights.ts';
import { dangerous, labels } from './words.ts';
import './actions.css';

const bringBack: ReadonlySet<CommandName> = new Set(['rollback', 'reject']);

export function RolloutActions({ view }: { readonly view: RolloutView }) {
  const { grants, verifiedName } = useRights();
  const [asked, setAsked] = useState<CommandName | null>(null);
  const [watched, setWatched] = useState<Answered | null>(null);
  const { offered, forbidden } = choicesFor(view, grants);
  const [main] = offered;
  const barredOf = useBarred(view, offered, verifiedName);
  const barred = offered.map(barredOf).find((why) => why !== null);
  const whyId = useId();
  return (
    <div className="actions">
      {offered.map((name) => (
        <Button
          key={name}
          kind={dangerous.has(name) ? 'danger' : name === main ? 'primary' : 'plain'}
          disabled={barredOf(name) !== null}
          describedBy={barredOf(name) === null ? undefined : whyId}
          onClick={() => setAsked(name)}
        >
          {labels[name]}
        </Button>
      ))}
      <AckAction view={view} grants={grants} verifiedName={verifiedName} />
      {barred === undefined ? null : (
        <p id={whyId} className="muted actions-note">
          {barred}
        </p>
      )}
      {forbidden.length === 0 ? null : (
        <p className="muted actions-note">
          For other roles: {forbidden.map((name) => labels[name].toLowerCase()).join(', ')}.
        </p>
      )}
      {asked === null ? null : (
        <CommandDialog
          name={asked}
          view={view}
          verifiedName={verifiedName}
          onDone={(answer) => {
            setWatched(bringBack.has(asked) ? { name: asked, answer } : null);
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
      {watched !== null && asked === null ? (
        <WayBack view={view} answered={watched} onClose={() => setWatched(null)} />
      ) : null}
    </div>
  );
}

const lookEveryMs = 4_000;

/** Why the answer of whoever sits here would not count, as the page of approvals says it; null: it may. */
function useBarred(
  { environment, service }: RolloutView,
  offered: readonly CommandName[],
  verifiedName: string | null,
): (name: CommandName) => string | null {
  const said = useMyName();
  const isAsked = offered.includes('approve') || offered.includes('confirm');
  const { data } = useQuery('listApprovals', isAsked ? { environment, service } : null, lookEveryMs);
  return (name) => barredAnswer(name, data?.approvals ?? [], verifiedName ?? said);
}

interface Answered {
  readonly name: CommandName;
  readonly answer: CommandAnswer;
}

interface WayBackProps {
  readonly view: RolloutView;
  readonly answered: Answered;
  readonly onClose: () => void;
}

/** What the API answered, until the live view has caught up with it. */
function WayBack({ view, answered, onClose }: WayBackProps) {
  const { target } = view;
  const { name, answer } = answered;
  const status = view.status?.rollback ? view.status : (answer.status ?? view.status);
  return (
    <Dialog title={`The way back: ${target}`} onClose={onClose}>
      <div className="act-what">
        {answer.express === undefined ? null : <p>{expressText(answer.express)}</p>}
        {status?.rollback ? (
          <RestoreView status={status} />
        ) : (
          <p role="status">{untoldText(name, answer.via, status)}</p>
        )}
      </div>
      <div className="dialog-actions">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  );
}
