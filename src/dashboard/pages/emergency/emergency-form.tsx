/** What is to be stopped or brought back, why, and the words that confirm it; nothing here happens by Enter. */
import { useRef, useState } from 'react';
import type { EmergencyAnswer, EmergencyOpened, RolloutPage } from '../../../api/contract.ts';
import { problemOfScope, type ScopeWords } from '../../../domain/emergency/scope.ts';
import { type ApiProblem, postJson, problemOf } from '../../api/http.ts';
import { useQuery } from '../../live/use-query.ts';
import { longestName, setMyName, useMyName } from '../../shell/who.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { Problem } from '../../ui/states.tsx';
import { emergencySentence, isConfirmed, phraseOf, problemOfStop, stopScope, wordsOf } from './scope.ts';
import { touchedBy } from './touched.ts';

interface EmergencyFormProps {
  readonly verifiedName: string | null;
  readonly onStopped: (answer: EmergencyAnswer) => void;
  readonly onOpened: (id: string) => void;
}

type Kind = 'stop' | 'rollback';
const kinds = [
  { value: 'stop', text: 'Emergency stop: canaries lose all traffic' },
  { value: 'rollback', text: 'Emergency rollback: bring all back and block new rollouts' },
] as const;

export function EmergencyForm({ verifiedName, onStopped, onOpened }: EmergencyFormProps) {
  const known = useMyName();
  const [kind, setKind] = useState<Kind>('stop');
  const [scope, setScope] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const [name, setName] = useState(known ?? '');
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const key = useRef<string>(undefined);
  const words = wordsOf(scope);
  const wrong = words.length === 0 ? null : kind === 'stop' ? problemOfStop(words) : problemOfScope(words);
  const actor = verifiedName ?? name.trim();
  const ready = wrong === null && reason.trim() !== '' && actor !== '' && isConfirmed(words, typed);

  const act = async () => {
    if (!ready || busy) return;
    // Of one attempt: what is sent again after a lost answer is done once.
    key.current ??= crypto.randomUUID();
    if (verifiedName === null) setMyName(name);
    setBusy(true);
    setProblem(null);
    const said = { reason: reason.trim(), actor };
    const options = { idempotencyKey: key.current };
    try {
      if (kind === 'stop') {
        const body = { ...said, scope: stopScope(words) };
        onStopped(await postJson<EmergencyAnswer>('/v1/emergency-stop', body, options));
      } else {
        const body = { ...said, scope: [...words], ...(to.trim() === '' ? {} : { to: to.trim() }) };
        onOpened((await postJson<EmergencyOpened>('/v1/emergency-rollbacks', body, options)).id);
      }
      key.current = undefined;
      setTyped('');
    } catch (error) {
      const found = problemOf(error);
      if (found.status !== 0 && found.status < 500) key.current = undefined;
      setProblem(found);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="form emergency-form" onSubmit={(event) => event.preventDefault()}>
      <SelectField label="What" value={kind} onChange={setKind} options={kinds} />
      <TextField
        label="Scope"
        value={scope}
        onChange={setScope}
        maxLength={10_000}
        {...(wrong === null ? {} : { error: `It ${wrong}.` })}
        hint={
          kind === 'stop'
            ? 'all, names of environments, or targets such as prod/shop; several with blanks between.'
            : 'all, canary, or components: prod/shop, prod/*, or the bare name of an environment or a service.'
        }
        required
      />
      {kind === 'rollback' ? (
        <TextField
          label="Version for what is promoted already (optional)"
          value={to}
          onChange={setTo}
          maxLength={128}
          hint="previous, or the name of a version; nothing: it stays."
        />
      ) : null}
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={450}
        hint="Everybody will read it."
        required
      />
      {verifiedName === null ? (
        <TextField
          label="Your name"
          value={name}
          onChange={setName}
          maxLength={longestName}
          autoComplete="name"
          required
        />
      ) : (
        <p className="muted">In the name of {verifiedName}.</p>
      )}
      {words.length === 0 || wrong !== null ? null : (
        <>
          <p className="act-barred">{emergencySentence(kind, words, to.trim())}</p>
          <Touched kind={kind} words={words} />
          <TextField
            label={`To confirm, type: ${phraseOf(words)}`}
            value={typed}
            onChange={setTyped}
            maxLength={10_000}
            required
          />
        </>
      )}
      {problem === null ? null : <Problem problem={problem} />}
      <div className="dialog-actions">
        <Button kind="danger" icon="stop" busy={busy} disabled={!ready} onClick={() => void act()}>
          {kind === 'stop' ? 'Stop now' : 'Bring back now'}
        </Button>
      </div>
    </form>
  );
}

const mostNamed = 10;

/** So that a typing error is seen before it is confirmed. */
function Touched({ kind, words }: { readonly kind: Kind; readonly words: ScopeWords }) {
  const { data } = useQuery<RolloutPage>('/v1/rollouts?running=true&limit=200');
  if (data === null) return null;
  const targets = touchedBy(kind, words, data.rollouts);
  const more = targets.length > mostNamed ? ` and ${targets.length - mostNamed} more` : '';
  const all = data.next === null ? '' : ' Only the latest 200 that run were looked at.';
  return (
    <p>
      {targets.length === 0
        ? 'Of the rollouts that run now it touches none.'
        : `Of the rollouts that run now it touches ${targets.slice(0, mostNamed).join(', ')}${more}.`}
      {all}
    </p>
  );
}
