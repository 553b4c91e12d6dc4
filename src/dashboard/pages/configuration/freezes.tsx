/** Times in which nothing goes forward, those to come first. */
import type { FreezeSummary } from '../../../api/contract.ts';
import { useNow } from '../../live/use-now.ts';
import { Table } from '../../ui/table.tsx';
import { At } from '../../ui/time.tsx';
import { bindingText } from './facts.ts';

export function Freezes({ freezes }: { readonly freezes: readonly FreezeSummary[] }) {
  const now = useNow();
  if (freezes.length === 0) {
    return (
      <section aria-label="Freezes">
        <h2>Freezes</h2>
        <p className="muted">There are none.</p>
      </section>
    );
  }
  return (
    <section aria-label="Freezes">
      <h2>Freezes</h2>
      <Table
        caption="Times in which nothing goes forward"
        columns={['Freeze', 'State', 'From', 'To', 'Binds']}
      >
        {freezes.map((freeze) => (
          <tr key={`${freeze.gate} ${freeze.name} ${freeze.from}`}>
            <th scope="row">{freeze.name}</th>
            <td className="table-line">{stateOf(freeze, now)}</td>
            <td data-label="From">
              <At ms={Date.parse(freeze.from)} />
            </td>
            <td data-label="To">
              <At ms={Date.parse(freeze.to)} />
            </td>
            <td className="table-line" data-label="Binds">
              {bindingText(freeze.environments, 'environments')}; {bindingText(freeze.services, 'services')}
              {freeze.teams === null ? '' : `; teams ${freeze.teams.join(', ')}`}, where a plan has gate{' '}
              {freeze.gate}
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function stateOf({ from, to }: FreezeSummary, nowMs: number): string {
  if (nowMs < Date.parse(from)) return 'to come';
  return nowMs < Date.parse(to) ? 'in force' : 'over';
}
