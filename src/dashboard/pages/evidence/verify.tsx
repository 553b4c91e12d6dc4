/** Checks a bundle when somebody asks: hashes, signature, chain, and a replay of its history. */
import { useState } from 'react';
import type { Verification } from '../../../api/contract.ts';
import type { FollowedRun } from '../../../client/index.ts';
import { type ApiProblem, client, problemOf } from '../../api/client.ts';
import { announce } from '../../shell/announcer.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/states.tsx';

type State =
  | { readonly kind: 'idle' | 'busy' }
  | { readonly kind: 'done'; readonly verification: Verification }
  | { readonly kind: 'failed'; readonly problem: ApiProblem };

export function Verify({ target }: { readonly target: FollowedRun }) {
  const [state, setState] = useState<State>({ kind: 'idle' });
  const verify = async () => {
    setState({ kind: 'busy' });
    try {
      const verification = await client.verifyEvidence(target);
      setState({ kind: 'done', verification });
      announce(verification.ok ? 'The bundle is whole.' : 'The bundle is not in order.');
    } catch (error) {
      setState({ kind: 'failed', problem: problemOf(error) });
    }
  };
  return (
    <>
      <Button busy={state.kind === 'busy'} onClick={() => void verify()}>
        Verify
      </Button>
      {state.kind === 'done' ? <Result verification={state.verification} /> : null}
      {state.kind === 'failed' ? <Problem problem={state.problem} /> : null}
    </>
  );
}

function Result({
  verification: { ok, files, problems, notes, signature, replay },
}: {
  readonly verification: Verification;
}) {
  return (
    <div className="evidence-result">
      <Badge tone={ok ? 'good' : 'bad'} icon={ok ? 'check' : 'cross'} strong>
        {ok ? 'verified' : 'not verified'}
      </Badge>
      <p>
        {files} files, signature: {signature.replace('-', ' ')}
        {replay === null ? '' : `, replay: ${replay.agreed ? 'agrees' : 'does not agree'} (${replay.detail})`}
      </p>
      <ul>
        {problems.map((problem) => (
          <li key={problem} className="evidence-problem">
            {problem}
          </li>
        ))}
        {notes.map((note) => (
          <li key={note} className="muted">
            {note}
          </li>
        ))}
      </ul>
    </div>
  );
}
