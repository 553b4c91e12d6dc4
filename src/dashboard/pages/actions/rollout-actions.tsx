/** What can be done to a rollout now, as buttons; each asks first. Afterwards a way back is shown until it is verified. */
import { useState } from 'react';
import type { RolloutView } from '../../../api/contract.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { AckAction } from './ack-action.tsx';
import { choicesFor } from './allowed.ts';
import { CommandDialog } from './command-dialog.tsx';
import { RestoreView } from './restore-view.tsx';
import { useRights } from './use-rights.ts';
import { dangerous, labels } from './words.ts';
import './actions.css';

const bringBack: ReadonlySet<CommandName> = new Set(['rollback', 'reject']);

export function RolloutActions({ view }: { readonly view: RolloutView }) {
  const { grants, verifiedName } = useRights();
  const [asked, setAsked] = useState<CommandName | null>(null);
  const [watched, setWatched] = useState(false);
  const { offered, forbidden } = choicesFor(view, grants);
  const [main] = offered;
  return (
    <div className="actions">
      {offered.map((name) => (
        <Button
          key={name}
          kind={dangerous.has(name) ? 'danger' : name === main ? 'primary' : 'plain'}
          onClick={() => setAsked(name)}
        >
          {labels[name]}
        </Button>
      ))}
      <AckAction view={view} grants={grants} verifiedName={verifiedName} />
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
          onDone={() => {
            setWatched(bringBack.has(asked));
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
      {watched && asked === null ? <WayBack view={view} onClose={() => setWatched(false)} /> : null}
    </div>
  );
}

function WayBack({ view, onClose }: { readonly view: RolloutView; readonly onClose: () => void }) {
  const { status, target } = view;
  return (
    <Dialog title={`The way back: ${target}`} onClose={onClose}>
      {status?.rollback ? (
        <RestoreView status={status} />
      ) : (
        <p role="status">
          {status?.outcome === 'refused'
            ? 'The rollout has ended as refused; no user had met the version.'
            : 'It has been told. What it did is shown here as soon as it says so.'}
        </p>
      )}
      <div className="dialog-actions">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  );
}
