/** The looks of a chart in numbers, the latest first, for whoever cannot see the chart or wants to know exactly. */
import { useState } from 'react';
import { spoken } from '../../../../domain/analysis/format.ts';
import { Table } from '../../../ui/table.tsx';
import { At } from '../../../ui/time.tsx';
import type { CheckChart } from '../model/check-chart.ts';
import { intervalText, limitText, valueText, verdictWords } from '../model/wording.ts';

export function LooksTable({ chart }: { readonly chart: CheckChart }) {
  const [isOpen, setIsOpen] = useState(false);
  const count = chart.stages.reduce((sum, { looks }) => sum + looks.length, 0);
  return (
    <details className="looks" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        {count} {count === 1 ? 'look' : 'looks'} as a table
      </summary>
      {isOpen ? <Rows chart={chart} /> : null}
    </details>
  );
}

function Rows({ chart }: { readonly chart: CheckChart }) {
  const { name, unit, stages, isTested } = chart;
  const limit = isTested ? 'Held against' : 'Allowed';
  const rows = stages.flatMap((stage) => stage.looks.map((look) => ({ stage: stage.name, look })));
  return (
    <Table
      caption={`Looks of ${spoken(name)}`}
      columns={['Time', 'Stage', 'Verdict', 'Canary', 'Stable', 'Surely between', limit]}
    >
      {rows.toReversed().map(({ stage, look }) => (
        <tr key={`${stage} ${look.atMs}`}>
          <td className="table-line">
            <At ms={look.atMs} />
          </td>
          <td data-label="Stage">{stage}</td>
          <td data-label="Verdict">{verdictWords[look.verdict]}</td>
          <td data-label="Canary">{valueText(look.canary, unit)}</td>
          <td data-label="Stable">{valueText(look.stable, unit)}</td>
          <td data-label="Surely between">{intervalText(look, unit)}</td>
          <td data-label={limit}>{limitText(look, chart)}</td>
        </tr>
      ))}
    </Table>
  );
}
