/** The page of all rollouts: those that run first, then those that ended last. */
import type { RolloutPage, RolloutSummary } from '../../../api/contract.ts';
import { type Connection, useReport } from '../../live/connection.ts';
import { type Query, useQuery } from '../../live/use-query.ts';
import { Page } from '../../shell/page.tsx';
import { Empty, Loading, Problem } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { At } from '../../ui/time.tsx';

const everyMs = 2_000;

export function RolloutsPage() {
  const query = useQuery<RolloutPage>('/v1/rollouts?limit=200', everyMs);
  useReport('rollouts', connectionOf(query));
  return (
    <Page title="Rollouts">
      <Content query={query} />
    </Page>
  );
}

function connectionOf({ data, problem, atMs }: Query<RolloutPage>): Connection {
  const kind = problem !== null ? 'lost' : data === null ? 'connecting' : 'live';
  return { kind, asOfMs: atMs, why: problem?.title ?? null };
}

function Content({ query: { data, problem, reload } }: { readonly query: Query<RolloutPage> }) {
  if (data === null)
    return problem ? <Problem problem={problem} onRetry={reload} /> : <Loading what="rollouts" />;
  if (data.rollouts.length === 0) return <Empty title="No rollout yet" />;
  return (
    <Table caption="Rollouts">
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col">Version</th>
          <th scope="col">State</th>
          <th scope="col">Started</th>
          <th scope="col">Ended</th>
        </tr>
      </thead>
      <tbody>
        {data.rollouts.map((rollout) => (
          <Row key={rollout.runId} rollout={rollout} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ rollout }: { readonly rollout: RolloutSummary }) {
  const { target, version, phase, startedAtMs, endedAtMs } = rollout;
  return (
    <tr>
      <th scope="row">{target}</th>
      <td>{version ?? 'not known'}</td>
      <td>{phase ?? 'not begun'}</td>
      <td>
        <At ms={startedAtMs} />
      </td>
      <td>{endedAtMs === null ? '—' : <At ms={endedAtMs} />}</td>
    </tr>
  );
}
