/** Production readiness: the verdict, what blocks, what to do next, and each category with its checks. */
import type { Findings, ReadinessFinding } from '../../../api/contract.ts';
import { Badge } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { FindingsPage } from './findings-page.tsx';
import { ScoreBar } from './score-bar.tsx';
import { scoreText } from './words.ts';

export function ReadinessPage() {
  return (
    <FindingsPage view="readiness" title="Production readiness">
      {(findings) => <Readiness findings={findings} />}
    </FindingsPage>
  );
}

function Readiness({ findings: { readiness, unanswered } }: { readonly findings: Findings }) {
  if (readiness.length === 0)
    return (
      <Empty title="No gate judged readiness">
        <p>
          {unanswered.some(({ type }) => type === 'readiness') ? (
            'The gate that does has not answered.'
          ) : (
            <>
              Nothing is known of it. A gate of type <code>readiness</code> judges it, once an operator has
              configured one and the plan asks it.
            </>
          )}
        </p>
      </Empty>
    );
  return readiness.map((found) => <Judged key={found.gate} found={found} />);
}

function Judged({ found }: { readonly found: ReadinessFinding }) {
  const { gate, ready, reason, score, blockers, actions, categories } = found;
  return (
    <article className="assurance" aria-label={gate}>
      <p className="assurance-headline">
        <Badge tone={ready ? 'good' : 'bad'} icon={ready ? 'check' : 'cross'} strong>
          {ready ? 'ready' : 'not ready'}
          {score === null ? '' : `, ${scoreText(score)} of 100`}
        </Badge>{' '}
        {reason}
      </p>
      {blockers.length === 0 ? null : (
        <section aria-label="Blockers">
          <h2>Blockers</h2>
          <ul className="assurance-lines">
            {blockers.map((blocker) => (
              <li key={blocker} className="assurance-blocker">
                <Icon name="alert" /> {blocker}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label="Recommended actions">
        <h2>Recommended actions</h2>
        {actions.length === 0 ? <p className="muted">None.</p> : null}
        <ol className="assurance-lines">
          {actions.map((action) => (
            <li key={action}>{action}</li>
          ))}
        </ol>
      </section>
      <section aria-label="Categories">
        <h2>Categories</h2>
        {categories.map(({ category, score: own, checks }) => (
          <div key={category} className="card">
            <ScoreBar label={category} score={own} />
            {checks === null ? (
              <p className="muted">The gate's raw report is not kept, so single checks cannot be shown.</p>
            ) : (
              <Checks category={category} checks={checks} />
            )}
          </div>
        ))}
      </section>
    </article>
  );
}

type Check = NonNullable<ReadinessFinding['categories'][number]['checks']>[number];

function Checks({ category, checks }: { readonly category: string; readonly checks: readonly Check[] }) {
  return (
    <Table caption={`Checks of ${category}`} columns={['Check', 'State', 'Score', 'Why, and what to do']}>
      {checks.map(({ title, state, score, must, why, action }) => (
        <tr key={title}>
          <th scope="row">
            {title} {must ? <span className="muted">must</span> : null}
          </th>
          <td>
            <Badge tone={state === 'passed' ? 'good' : must ? 'bad' : 'warn'}>{state}</Badge>
          </td>
          <td data-label="Score">{scoreText(score)}</td>
          <td className="table-line">
            {why}
            {state === 'passed' || action === null ? '' : `; ${action}`}
          </td>
        </tr>
      ))}
    </Table>
  );
}
