/** Logs in with an API token, which is sent once and not kept: what is kept is a session. */
import { type FormEvent, useState } from 'react';
import { type ApiProblem, client, problemOf } from '../../api/client.ts';
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
      setProblem(problemOf(error));
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
      {problem === null ? null : <Problem problem={problem} />}
      <div>
        <Button type="submit" busy={busy} disabled={token.trim() === ''}>
          Log in with the token
        </Button>
      </div>
    </form>
  );
}
