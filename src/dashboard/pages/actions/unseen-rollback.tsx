/** Brings back a rollout that a page cannot see: the stop in the data plane needs neither a worker nor Temporal. */
import { useState } from 'react';
import type { FollowedRun } from '../../../client/index.ts';
import { commandPermissions } from '../../../domain/access/commands.ts';
import { allows } from '../../../domain/access/grants.ts';
import { client } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { useToast } from '../../ui/toast.tsx';
import { type Act, ActDialog } from './act-dialog.tsx';
import { answerText } from './answer.ts';
import { steerUnseen } from './steer.ts';
import { useRights } from './use-rights.ts';
import { labels } from './words.ts';

export function UnseenRollback({ followed }: { readonly followed: FollowedRun }) {
  const { environment, service, run } = followed;
  const { grants, verifiedName } = useRights();
  const toast = useToast();
  const [asked, setAsked] = useState(false);
  if (!allows(grants, commandPermissions.rollback, followed)) return null;
  const target = `${environment}/${service}`;
  const send = async ({ reason, actor, key }: Act) => {
    const body = { actor, ...(reason === '' ? {} : { reason }) };
    const request = { environment, service, command: 'rollback', body } as const;
    const answer = await steerUnseen(client, { request, runId: run ?? null, idempotencyKey: key });
    toast({ tone: 'good', text: answerText('rollback', target, answer) });
    setAsked(false);
  };
  return (
    <div className="actions">
      <Button kind="danger" onClick={() => setAsked(true)}>
        {labels.rollback}
      </Button>
      {asked ? (
        <ActDialog
          title={`${labels.rollback}: ${target}`}
          verb={labels.rollback}
          danger
          verifiedName={verifiedName}
          send={send}
          onClose={() => setAsked(false)}
        >
          <p>
            How the rollout stands cannot be seen now. Its canary is stopped in the data plane at once,
            without Temporal or a worker if need be; the rollout finds the stop and ends rolled back.
          </p>
        </ActDialog>
      ) : null}
    </div>
  );
}
