/** The page on which a rollout is begun: a plan, what is said of it as one types, and the start. */
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { allows } from '../../../domain/access/grants.ts';
import { useQuery } from '../../live/use-query.ts';
import { loginHref } from '../../shell/login-href.ts';
import { Page } from '../../shell/page.tsx';
import { rolloutPath } from '../../shell/rollout-path.ts';
import { recall, remember } from '../../shell/storage.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';
import { Loading } from '../../ui/states.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useRights } from '../actions/use-rights.ts';
import { digestOf } from './digest.ts';
import { type Example, examplesFor } from './examples.ts';
import { type Finding, findingsOf, isMark } from './findings.ts';
import { FindingsList } from './findings-list.tsx';
import { namesIn } from './names.ts';
import { Preview } from './preview.tsx';
import { keptAfter } from './replaced.ts';
import { readSchema } from './schema/schema.ts';
import { StartDialog } from './start-dialog.tsx';
import { longestPlan, type PlanCheck, usePlanCheck } from './use-plan-check.ts';
import './start.css';

const PlanEditor = lazy(async () => ({ default: (await import('./editor/plan-editor.tsx')).PlanEditor }));
const draft = 'plan';
const replaced = 'plan.replaced';

export function StartPage() {
  const [text, setText] = useState(() => recall(draft) ?? '');
  const [kept, setKept] = useState(() => recall(replaced));
  const [asked, setAsked] = useState(false);
  const [place, setPlace] = useState<Finding['range'] | null>(null);
  const [, navigate] = useLocation();
  const toast = useToast();
  const { verifiedName, grants } = useRights();
  const { data: catalogue } = useQuery('getCatalogue', {});
  const check = usePlanCheck(text);
  const schema = useMemo(() => readSchema(catalogue?.plan), [catalogue]);
  const findings = useMemo(
    // Where the API says nothing of the present text, what it said of an earlier one is not to be taken for that.
    () =>
      check.validation === null || check.problem !== null ? [] : findingsOf(check.validation, check.text),
    [check.validation, check.problem, check.text],
  );
  const marks = useMemo(() => findings.filter(isMark), [findings]);
  const advice = findings.filter((one) => !isMark(one));
  useEffect(() => remember(draft, text === '' ? null : text), [text]);
  useEffect(() => remember(replaced, kept), [kept]);
  const examples = examplesFor(namesIn(catalogue));
  const replace = (next: string, before: string | null) => {
    const texts = examples.map((example) => example.text);
    setKept(keptAfter(before, text, texts));
    setText(next);
  };
  const plan = check.text === text ? check.validation?.plan : undefined;
  const mayStart = plan !== undefined && allows(grants, 'start', digestOf(plan).plan);

  return (
    <Page
      title="Start a rollout"
      actions={
        <Button kind="primary" disabled={!mayStart} onClick={() => setAsked(true)}>
          Start …
        </Button>
      }
    >
      <Examples examples={examples} isEmpty={text.trim() === ''} onChoose={(next) => replace(next, kept)} />
      {kept === null ? null : (
        <Note>
          The plan that you wrote before is kept in this browser.{' '}
          <Button onClick={() => replace(kept, null)}>Undo</Button>
        </Note>
      )}
      <div className="start">
        <section className="start-plan" aria-label="Plan">
          <Suspense fallback={<Loading what="the editor" />}>
            <PlanEditor text={text} schema={schema} marks={marks} goTo={place} onText={setText} />
          </Suspense>
          <CheckLine check={check} text={text} findings={findings} />
          <FindingsList findings={marks} onGo={({ range }) => setPlace({ ...range })} />
          {advice.length === 0 ? null : (
            <details>
              <summary>Advice ({advice.length})</summary>
              <FindingsList findings={advice} onGo={({ range }) => setPlace({ ...range })} />
            </details>
          )}
        </section>
        <section className="start-preview" aria-label="As it would run">
          <h2>As it would run</h2>
          {plan === undefined ? (
            <p className="muted">Every default and mandated gate is shown here once the plan is good.</p>
          ) : (
            <>
              {mayStart ? null : <Note>Your role does not start rollouts there.</Note>}
              <Preview answered={plan} />
            </>
          )}
        </section>
      </div>
      {asked && plan !== undefined ? (
        <StartDialog
          text={text}
          answered={plan}
          verifiedName={verifiedName}
          onStarted={({ target, runId, created, workerSeen, version }) => {
            setAsked(false);
            const how = created ? 'begins' : 'had been started before';
            const absent = workerSeen ? '' : ' No worker polls now, so it waits for one.';
            toast({ tone: 'good', text: `${target} ${version} ${how}.${absent}` });
            const [environment = '', service = ''] = target.split('/');
            navigate(rolloutPath({ environment, service, run: runId }));
          }}
          onClose={() => setAsked(false)}
        />
      ) : null}
    </Page>
  );
}

interface ExamplesProps {
  readonly examples: readonly Example[];
  readonly isEmpty: boolean;
  readonly onChoose: (text: string) => void;
}

function Examples({ examples, isEmpty, onChoose }: ExamplesProps) {
  return (
    <ul className="examples" aria-label="Plans to start from">
      {examples.map(({ title, about, text }) => (
        <li key={title}>
          <Button onClick={() => onChoose(text)}>{title}</Button>
          <span className="muted">{about}</span>
        </li>
      ))}
      {isEmpty ? null : (
        <li>
          <Button kind="quiet" onClick={() => onChoose('')}>
            Empty
          </Button>
        </li>
      )}
    </ul>
  );
}

interface CheckLineProps {
  readonly check: PlanCheck;
  readonly text: string;
  readonly findings: readonly Finding[];
}

function CheckLine({ check, text, findings }: CheckLineProps) {
  const failed = check.problem !== null || (check.text === text && check.validation?.ok === false);
  return (
    <div className="check-line">
      <p role="status">{checkText(check, text, findings)}</p>
      {check.problem?.code === 'unauthenticated' ? <a href={loginHref()}>Log in</a> : null}
      {failed ? (
        <Button kind="quiet" onClick={check.again}>
          Check again
        </Button>
      ) : null}
    </div>
  );
}

function checkText(
  { problem, checking, validation }: PlanCheck,
  text: string,
  findings: readonly Finding[],
): string {
  if (text.trim() === '')
    return 'Write a plan, or begin with one of those above. Ctrl-Space proposes what may stand there.';
  if (text.length > longestPlan) {
    return `The plan has ${Math.ceil(text.length / 1024)} KiB, more than the ${longestPlan / 1024} that are taken.`;
  }
  if (problem !== null) return `${problem.title}: ${problem.detail} ${problem.advice}`;
  if (checking) return 'Being checked …';
  const count = (severity: Finding['severity']) => findings.filter((one) => one.severity === severity).length;
  const told = [
    [count('error'), 'problem'],
    [count('warning'), 'warning'],
    [count('info'), 'piece of advice'],
  ] as const;
  const parts = told
    .filter(([many]) => many > 0)
    .map(([many, what]) => `${many} ${many === 1 ? what : plural(what)}`);
  const verdict = validation?.ok ? 'It can be started' : 'It cannot be started';
  return parts.length === 0 ? `${verdict}.` : `${verdict}: ${parts.join(', ')}.`;
}

function plural(what: string): string {
  return what === 'piece of advice' ? 'pieces of advice' : `${what}s`;
}
