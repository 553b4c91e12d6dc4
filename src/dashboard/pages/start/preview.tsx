/** A plan as it would run: what every default comes to, and what policies add. */
import { stringify } from 'yaml';
import { formatMeasured } from '../../../domain/duration.ts';
import type { Plan, Stage } from '../../../domain/plan/types.ts';
import { type Fact, Facts } from '../../ui/facts.tsx';
import { Table } from '../../ui/table.tsx';
import { percent } from '../actions/figures.ts';
import { digestOf } from './digest.ts';

export function Preview({ answered }: { readonly answered: Readonly<Record<string, unknown>> }) {
  const { plan, plannedMs } = digestOf(answered);
  return (
    <div className="preview">
      <p>
        <strong>
          {plan.service} {plan.version}
        </strong>{' '}
        to {plan.environment}, in {formatMeasured(plannedMs)} if nothing is in the way; after{' '}
        {formatMeasured(plan.maxDurationMs)} it goes back.
      </p>
      <Table caption="Stages" columns={['Stage', { number: 'Share' }, { number: 'Soak' }, 'Judged by']}>
        {plan.stages.map((stage) => (
          <tr key={stage.name}>
            <th scope="row">{stage.name}</th>
            <td className="number" data-label="Share">
              {percent(stage.weightPercent)}
            </td>
            <td className="number" data-label="Soak">
              {soakText(stage)}
            </td>
            <td className="table-line" data-label="Judged by">
              {judgedBy(stage)}
            </td>
          </tr>
        ))}
      </Table>
      <Facts facts={factsOf(plan)} />
      <details>
        <summary>All of it, with every default</summary>
        <pre className="preview-text">{stringify(answered)}</pre>
      </details>
    </div>
  );
}

function soakText({ soakMs, warmUpMs }: Stage): string {
  return warmUpMs === 0 ? formatMeasured(soakMs) : `${formatMeasured(warmUpMs)} + ${formatMeasured(soakMs)}`;
}

function judgedBy({ checks, approval, notAuthor, gates = [], match }: Stage): string {
  return [
    ...(match === null ? [] : [`for ${match.header}: ${match.value}`]),
    ...gates.map(({ name }) => `gate ${name}`),
    ...checks.map(({ name }) => name),
    ...(approval ? [notAuthor ? 'another person’s yes' : 'a person’s yes'] : []),
  ].join(', ');
}

function factsOf(plan: Plan): readonly Fact[] {
  const namesOf = (all: readonly { readonly name: string }[] = []) => all.map(({ name }) => name).join(', ');
  const facts = {
    'Traffic, metrics, workload': namesOf([plan.traffic, plan.metrics, plan.workload]),
    'Rolled back within': `${formatMeasured(plan.rollback.timeoutMs)}, ${plan.rollback.strategy}`,
    Lease: formatMeasured(plan.lease.ttlMs),
    'Old version stays warm for': formatMeasured(plan.watchAfterMs),
    'A look every': formatMeasured(plan.analysis.intervalMs),
    'If one is running': plan.onConflict === 'supersede' ? 'it is superseded' : 'it is refused',
    Gates: namesOf(plan.gates),
    Guards: namesOf(plan.guards),
    Policies: plan.policies?.names.join(', ') ?? '',
  };
  return Object.entries(facts).flatMap(([name, value]) => (value === '' ? [] : [{ name, value }]));
}
