/** What waits for a yes or a no, and of whom; answered here by whoever may. */
import { useState } from 'react';
import type { Waiting, WaitingList } from '../../../api/contract.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';
import { usePolled } from '../../live/use-polled.ts';
import type { Query } from '../../live/use-query.ts';
import { Page } from '../../shell/page.tsx';
import { Note } from '../../ui/note.tsx';
import { Empty, Loading, Problem } from '../../ui/states.tsx';
import type { Rights } from '../actions/rights.ts';
import { useRights } from '../actions/use-rights.ts';
import { EnvironmentBar } from '../scope/environment-field.tsx';
import { given } from '../scope/given.ts';
import { PagingBar, usePaging } from '../scope/paging.tsx';
import { useEnvironment } from '../scope/use-environment.ts';
import { AnswerDialog } from './answer-dialog.tsx';
import { Question } from './question.tsx';
import './approvals.css';

const lookEveryMs = 4_000;

export function ApprovalsPage() {
  const rights = useRights();
  const choice = useEnvironment();
  const { environment } = choice;
  const paging = usePaging(environment);
  const request = { environment: given(environment), cursor: given(paging.cursor) };
  const query = usePolled('listApprovals', request, lookEveryMs);
  const [asked, setAsked] = useState<{ readonly waiting: Waiting; readonly name: CommandName } | null>(null);
  return (
    <Page title="Approvals">
      <EnvironmentBar choice={choice} />
      {query.problem === null ? null : <Problem problem={query.problem} onRetry={query.reload} />}
      <Content query={query} rights={rights} onAnswer={(waiting, name) => setAsked({ waiting, name })} />
      <PagingBar paging={paging} next={query.data?.next ?? null} words={['Back', 'More']} />
      {asked === null ? null : (
        <AnswerDialog
          {...asked}
          verifiedName={rights.verifiedName}
          onDone={() => {
            setAsked(null);
            query.reload();
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </Page>
  );
}

interface ContentProps {
  readonly query: Query<WaitingList>;
  readonly rights: Rights;
  readonly onAnswer: (waiting: Waiting, name: CommandName) => void;
}

function Content({ query: { data, problem }, rights, onAnswer }: ContentProps) {
  if (data === null) return problem ? null : <Loading what="approvals" />;
  const { approvals, unanswered, next } = data;
  const nothing =
    next === null ? 'Nothing waits for anybody' : 'Nothing waits among these; the next page looks at more';
  return (
    <div className="approvals">
      {unanswered === 0 ? null : (
        <Note>{unanswered} rollouts that may wait gave no account of themselves.</Note>
      )}
      {approvals.length === 0 ? <Empty title={nothing} /> : null}
      <ul className="approvals">
        {approvals.map((waiting) => (
          <li key={`${waiting.target} ${waiting.kind} ${waiting.question}`}>
            <Question waiting={waiting} rights={rights} onAnswer={(name) => onAnswer(waiting, name)} />
          </li>
        ))}
      </ul>
    </div>
  );
}
