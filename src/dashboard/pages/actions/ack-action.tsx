/** Says that somebody has taken a trouble on, where people have been told of one and nobody has answered. */
import { useState } from 'react';
import type { RolloutView } from '../../../api/contract.ts';
import { allows, type Grant } from '../../../domain/access/grants.ts';
import { client } from '../../api/client.ts';
import { useQuery } from '../../live/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { useToast } from '../../ui/toast.tsx';
import { type Act, ActDialog } from './act-dialog.tsx';

interface AckActionProps {
  readonly view: RolloutView;
  readonly grants: readonly Grant[];
  readonly verifiedName: string | null;
}

const lookEveryMs = 10_000;

export function AckAction({ view, grants, verifiedName }: AckActionProps) {
  const toast = useToast();
  const [asked, setAsked] = useState(false);
  const { environment, service, runId: run } = view;
  const ended = view.endedAtMs !== null;
  const { data: configuration } = useQuery('getConfiguration', {});
  // Where nobody can be told there is nothing to ask for.
  const tells = (configuration?.notifiers.length ?? 0) > 0;
  const { data, reload } = useQuery(
    'getNotices',
    tells ? { environment, service, run } : null,
    ended ? undefined : lookEveryMs,
  );
  const trouble = data?.trouble ?? null;
  // It names no run, so it would be for the latest one, whatever run is shown. One that goes on is the latest.
  const { data: latest } = useQuery(
    'getRollout',
    trouble !== null && ended ? { environment, service } : null,
    lookEveryMs,
  );
  const isLatest = !ended || latest?.runId === run;
  if (trouble === null || !isLatest || trouble.ack !== null || !allows(grants, 'rollback', view)) return null;
  const send = async ({ reason, actor, key }: Act) => {
    const body = { actor, ...(reason === '' ? {} : { reason }) };
    await client.acknowledge({ environment, service, body }, { idempotencyKey: key });
    toast({ tone: 'good', text: `${view.target}: everybody knows that you have taken it on.` });
    setAsked(false);
    reload();
  };
  return (
    <>
      <Button onClick={() => setAsked(true)}>Acknowledge</Button>
      {asked ? (
        <ActDialog
          title={`Acknowledge: ${view.target}`}
          verb="Acknowledge"
          verifiedName={verifiedName}
          send={send}
          onClose={() => setAsked(false)}
        >
          <p>
            Says that you have taken on “{trouble.title}”. Nobody else is called for it, and the rollout
            itself is left as it is.
          </p>
        </ActDialog>
      ) : null}
    </>
  );
}
