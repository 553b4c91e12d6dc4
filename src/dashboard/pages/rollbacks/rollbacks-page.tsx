/** Every rollback: why, how fast, at what cost; and what they say together. */
import { useState } from 'react';
import type { RollbackEntry, RollbackPage } from '../../../api/contract.ts';
import { usePolled } from '../../live/use-polled.ts';
import { Page } from '../../shell/page.tsx';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { Empty, Loading, Problem } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { At } from '../../ui/time.tsx';
import { EnvironmentField } from '../scope/environment-field.tsx';
import { given } from '../scope/given.ts';
import { PagingBar, usePaging } from '../scope/paging.tsx';
import { useEnvironment } from '../scope/use-environment.ts';
import { Record } from './record.tsx';
import { Statistics } from './statistics.tsx';
import './rollbacks.css';

const periods = [
  { value: '1d', text: 'the last day' },
  { value: '7d', text: 'the last 7 days' },
  { value: '30d', text: 'the last 30 days' },
  { value: '', text: 'any time' },
] as const;
type Period = (typeof periods)[number]['value'];

const lookEveryMs = 10_000;

export function RollbacksPage() {
  const [since, setSince] = useState<Period>('30d');
  const [service, setService] = useState('');
  const choice = useEnvironment();
  const { environment } = choice;
  const filters = {
    limit: 50,
    since: given(since),
    environment: given(environment),
    service: given(service),
  };
  const paging = usePaging(JSON.stringify(filters));
  const request = { ...filters, cursor: given(paging.cursor) };
  const { data, problem, reload } = usePolled('listRollbacks', request, lookEveryMs);
  return (
    <Page title="Rollbacks">
      <div className="rollbacks-filters">
        <SelectField label="Decided in" value={since} options={periods} onChange={setSince} />
        <EnvironmentField choice={choice} />
        <TextField label="Service" value={service} onChange={setService} placeholder="all" />
      </div>
      {problem === null ? null : <Problem problem={problem} onRetry={reload} />}
      {data === null && problem === null ? <Loading what="rollbacks" /> : null}
      {data === null ? null : <Content page={data} />}
      <PagingBar paging={paging} next={data?.next ?? null} />
    </Page>
  );
}

function Content({
  page: { rollbacks, statistics, complete, unanswered, cutShort },
}: {
  readonly page: RollbackPage;
}) {
  return (
    <>
      <Statistics statistics={statistics} />
      {complete ? null : (
        <p className="muted">More rollouts fit than are looked at for one answer; the oldest are left out.</p>
      )}
      {unanswered === 0 ? null : (
        <p className="muted">{unanswered} rollouts gave no account of themselves and are not counted.</p>
      )}
      {rollbacks.length === 0 ? <Empty title="No rollback in this time" /> : <Entries entries={rollbacks} />}
      {cutShort.length === 0 ? null : (
        <section aria-label="Ended from outside">
          <h2>Ended from outside, without a record</h2>
          <ul className="rollbacks-lines">
            {cutShort.map(({ runId, target, version, endedAtMs, temporalStatus }) => (
              <li key={runId}>
                {target} {version ?? ''} ({temporalStatus.toLowerCase()}){' '}
                {endedAtMs === null ? '' : <At ms={endedAtMs} />}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Entries({ entries }: { readonly entries: readonly RollbackEntry[] }) {
  return (
    <Table
      caption="Rollbacks"
      columns={['Decided', 'Target', 'Trigger', 'Why', 'To decide', 'To restore', 'Canary requests']}
    >
      {entries.map((entry) => (
        <Record key={entry.runId} entry={entry} />
      ))}
    </Table>
  );
}
