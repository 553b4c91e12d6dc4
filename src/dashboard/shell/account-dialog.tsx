/** Whom the API has verified, what that person may do where, and the way out. */
import { useState } from 'react';
import type { Me } from '../../api/contract.ts';
import { type ApiProblem, client, problemOf } from '../api/client.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Problem } from '../ui/states.tsx';
import { OwnSessions } from './own-sessions.tsx';

export function AccountDialog({ me, onClose }: { readonly me: Me; readonly onClose: () => void }) {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const logOut = async () => {
    try {
      await client.logOut({ body: {} });
      location.assign('/ui/login');
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <Dialog title={me.actor ?? 'You'} onClose={onClose}>
      <div className="form">
        <p>This name stands beside what you do, in the story of each rollout. You are:</p>
        <ul>
          {me.grants.map(({ role, environments, services }) => (
            <li key={`${role} ${environments} ${services}`}>
              <strong>{role}</strong> in {environments.join(', ')}, of {services.join(', ')}
            </li>
          ))}
        </ul>
        {me.session?.id ? <OwnSessions /> : null}
        {problem === null ? null : <Problem problem={problem} />}
        <div className="dialog-actions">
          {me.session === null ? null : <Button onClick={() => void logOut()}>Log out</Button>}
          <Button onClick={onClose}>Close</Button>
        </div>
      </div>
    </Dialog>
  );
}
