/** Each gate's last answer: what it was, why, and what it rests on. */
import type { Findings } from '../../../api/contract.ts';
import type { GateReport } from '../../../domain/gates/types.ts';
import { factsIn, placeText } from '../../../domain/gates/wording.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Empty } from '../../ui/states.tsx';
import { At } from '../../ui/time.tsx';

const answers: Readonly<Record<GateReport['answer'], { readonly tone: Tone; readonly text: string }>> = {
  open: { tone: 'good', text: 'open' },
  hold: { tone: 'warn', text: 'holds' },
  refuse: { tone: 'bad', text: 'refuses' },
};
const icons = { open: 'check', hold: 'clock', refuse: 'cross' } as const;
/** What refuses must be seen first. */
const order: readonly GateReport['answer'][] = ['refuse', 'hold', 'open'];

export function Gates({
  findings: { gates, unanswered, underWay },
}: {
  readonly findings: Pick<Findings, 'gates' | 'unanswered' | 'underWay'>;
}) {
  if (gates.length + unanswered.length === 0)
    return (
      <Empty title="No gate was asked">
        <p>
          This version's plan has no gates, so nothing assures its safety. Add them under gates in the plan.
        </p>
      </Empty>
    );
  const sorted = gates.toSorted((a, b) => order.indexOf(a.answer) - order.indexOf(b.answer));
  return (
    <ul className="assurance-cards">
      {sorted.map((gate) => (
        <li key={`${gate.place} ${gate.name}`}>
          <Gate gate={gate} />
        </li>
      ))}
      {unanswered.map(({ name, type, place }) => (
        <li key={`${place} ${name}`}>
          <article className="card assurance-gate" aria-label={`Gate ${name}`}>
            <header>
              <h3>{name}</h3>
              <Badge tone="idle" icon="clock">
                {underWay ? 'waiting' : 'never asked'}
              </Badge>
            </header>
            <p className="muted">
              {type}, {placeText(place)}
            </p>
          </article>
        </li>
      ))}
    </ul>
  );
}

function Gate({
  gate: { name, type, place, answer, reason, facts, reports, atMs },
}: {
  readonly gate: GateReport;
}) {
  const { tone, text } = answers[answer];
  const pairs = factsIn(facts);
  return (
    <article className="card assurance-gate" data-answer={answer} aria-label={`Gate ${name}`}>
      <header>
        <h3>{name}</h3>
        <Badge tone={tone} icon={icons[answer]} strong={answer === 'refuse'}>
          {text}
        </Badge>
      </header>
      <p>{reason}</p>
      <p className="muted">
        {type}, {placeText(place)}, <At ms={atMs} />
      </p>
      {pairs.length === 0 && reports.length === 0 ? null : (
        <details>
          <summary>Evidence</summary>
          <dl className="assurance-facts">
            {pairs.map(([key, value]) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{value}</dd>
              </div>
            ))}
            {reports.map((report) => (
              <div key={report.sha256}>
                <dt>{report.name}</dt>
                <dd className="mono">
                  {report.bytes} bytes, SHA-256 {report.sha256}
                  {report.key === null ? ' (not kept)' : ''}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </article>
  );
}
