/** Says that somebody has taken a trouble on, where people have been told of one and nobody has answered. */
import { useState } from 'react';
import type { AckAnswer, Configuration, NoticesView, RolloutView } from '../../../api/contract.ts';
import { allows, type Grant } from '../../../domain/access/grants.ts';
import { postJson } from '../../api/http.ts';
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
  const path = `/v1/rollouts/${encodeURIComponent(view.environment)}/${encodeURIComponent(view.service)}`;
  const ended = view.endedAtMs !== null;
  const { data: configuration } = useQuery<Configuration>('/v1/configuration');
  // Where nobody can be told there is nothing to ask for.
  const tells = (configuration?.notifiers.length ?? 0) > 0;
  const { data, reload } = useQuery<NoticesView>(
    tells ? `${path}/notices?run=${view.runId}` : null,
    ended ? undefined : lookEveryMs,
  );
  const trouble = data?.trouble ?? null;
  // It names no run, so it would be for the latest one, whatever run is shown. One that goes on is the latest.
  const { data: latest } = useQuery<RolloutView>(trouble !== null && ended ? path : null, lookEveryMs);
  const isLatest = !ended || latest?.runId === view.runId;
  if (trouble === null || !isLatest || trouble.ack !== null || !allows(grants, 'rollback', view)) return null;
  const send = async ({ reason, actor, key }: Act) => {
    const body = { actor, ...(reason === '' ? {} : { reason }) };
    await postJson<AckAnswer>(`${path}/ack`, body, { idempotencyKey: key });
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
