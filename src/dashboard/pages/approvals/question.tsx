/** One question that waits, whose yes it waits for, and the buttons for whoever may say it. */
import { useId } from 'react';
import { Link } from 'wouter';
import type { Waiting } from '../../../api/contract.ts';
import { allows } from '../../../domain/access/grants.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';
import { rolloutPath } from '../../shell/rollout-path.ts';
import { useMyName } from '../../shell/who.ts';
import { Button } from '../../ui/button.tsx';
import { At } from '../../ui/time.tsx';
import type { Rights } from '../actions/rights.ts';
import { labels } from '../actions/words.ts';
import { barredFrom, peopleText } from './people.ts';
import { standText } from './stand.ts';

interface QuestionProps {
  readonly waiting: Waiting;
  readonly rights: Rights;
  readonly onAnswer: (name: CommandName) => void;
}

export function Question({ waiting, rights, onAnswer }: QuestionProps) {
  const { target, environment, service, version, question, author, needed, counted } = waiting;
  return (
    <article className="card" aria-label={`${target}: ${question}`}>
      <h2>{question}</h2>
      <p>
        <Link href={rolloutPath({ environment, service })}>{target}</Link> {version}
        {author === null ? null : (
          <>
            , started by <bdi>{author}</bdi>
          </>
        )}
      </p>
      <p>{peopleText(waiting)}</p>
      <p>{standText(waiting)}</p>
      <Times waiting={waiting} />
      {needed > 1 ? (
        <p>
          {counted.length} of {needed}
          {counted.length === 0 ? '' : `: ${counted.join(', ')}`}
        </p>
      ) : null}
      {allows(rights.grants, 'approve', waiting) ? (
        <Answers waiting={waiting} rights={rights} onAnswer={onAnswer} />
      ) : (
        <p className="muted">Your role does not approve here.</p>
      )}
    </article>
  );
}

function Times({ waiting: { sinceMs, limitAtMs } }: Pick<QuestionProps, 'waiting'>) {
  return (
    <p className="muted">
      {sinceMs === null ? null : (
        <>
          Asked at <At ms={sinceMs} />.{' '}
        </>
      )}
      {limitAtMs === null ? null : (
        <>
          The rollout must be promoted by <At ms={limitAtMs} />.
        </>
      )}
    </p>
  );
}

/** A no is everybody's who may approve, their own rollout's too. */
function Answers({ waiting, rights, onAnswer }: QuestionProps) {
  const said = useMyName();
  const barred = barredFrom(waiting, rights.verifiedName ?? said);
  const whyId = useId();
  const answers: readonly CommandName[] = waiting.kind === 'override' ? ['confirm'] : ['approve', 'reject'];
  const isBarred = (name: CommandName) => barred !== null && name !== 'reject';
  return (
    <div className="actions">
      {answers.map((name) => (
        <Button
          key={name}
          kind={name === 'reject' ? 'danger' : 'primary'}
          disabled={isBarred(name)}
          describedBy={isBarred(name) ? whyId : undefined}
          onClick={() => onAnswer(name)}
        >
          {labels[name]}
        </Button>
      ))}
      {barred === null ? null : (
        <p id={whyId} className="muted">
          {barred}
        </p>
      )}
    </div>
  );
}
