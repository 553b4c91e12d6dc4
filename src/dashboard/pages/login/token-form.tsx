/** Logs in with an API token, which is sent once and not kept: what is kept is a session. */
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../../client/index.ts';
import { type ApiProblem, client, problemOf, reworded } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/fields.tsx';
import { Problem } from '../../ui/states.tsx';

export function TokenForm({ onDone }: { readonly onDone: () => void }) {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await client.loginWithToken({ body: { token: token.trim() } });
      onDone();
    } catch (error) {
      setProblem(refusalOf(error));
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <TextField
        label="API token"
        kind="password"
        value={token}
        onChange={setToken}
        hint="Of an operator, by sluice tokens. It is sent once and not kept."
        required
      />
      {problem === null ? null : <Problem problem={problem} isLogin />}
      <div>
        <Button type="submit" busy={busy} disabled={token.trim() === ''}>
          Log in with the token
        </Button>
      </div>
    </form>
  );
}

/** Here it is the token that was refused, not somebody without one. */
function refusalOf(error: unknown): ApiProblem {
  if (!(error instanceof ApiError) || error.code !== 'unauthenticated') return problemOf(error);
  return reworded(error, {
    title: 'The token is refused',
    advice: 'Paste all of it. If it is refused again, ask whoever runs Sluice for another one.',
  });
}
