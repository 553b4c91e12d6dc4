/** The rollouts that have ended, with how they did, page after page. */
import type { RolloutSummary } from '../../../api/contract.ts';
import { type Outcome, terminalPhases } from '../../../domain/rollout/types.ts';
import { RolloutLink } from '../../shell/rollout-link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Loading, Problem } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { At, spanText } from '../../ui/time.tsx';
import { EnvironmentBar } from '../scope/environment-field.tsx';
import { useEnvironment } from '../scope/use-environment.ts';
import { ChoiceBox, FilterBar, SearchBox, useFilters } from './filters.tsx';
import './history-view.css';
import { endingOf } from './row-state.ts';
import { type History, useHistory } from './use-history.ts';

const outcomeTexts: Readonly<Record<Outcome, string>> = {
  promoted: 'Promoted',
  'rolled-back': 'Rolled back',
  refused: 'Refused',
};

export function HistoryView() {
  const [params, set] = useFilters();
  const outcome = terminalPhases.find((one) => one === params.get('outcome')) ?? null;
  const choice = useEnvironment();
  const { environment } = choice;
  const search = params.get('q') ?? '';
  const history = useHistory({ outcome, environment, search });
  return (
    <>
      <FilterBar>
        <ChoiceBox
          label="Outcome"
          all="All outcomes"
          value={outcome}
          options={terminalPhases.map((value) => ({ value, text: outcomeTexts[value] }))}
          onChange={(value) => set('outcome', value)}
        />
        <SearchBox
          label="Service, version or environment/service begins with"
          value={search}
          onChange={(text) => set('q', text)}
        />
        <Button onClick={history.reload} busy={history.loading}>
          Look again
        </Button>
      </FilterBar>
      <EnvironmentBar choice={choice} />
      {history.problem === null ? null : <Problem problem={history.problem} onRetry={history.reload} />}
      <Content history={history} />
    </>
  );
}

function Content({ history: { rollouts, problem, loading, more, loadMore } }: { readonly history: History }) {
  if (rollouts === null) {
    return problem ? null : <Loading what="the history" />;
  }
  if (rollouts.length === 0 && !more) {
    return (
      <Empty title="No rollout has ended like that">
        <p>Rollouts stay here for as long as Temporal keeps them; evidence is kept longer.</p>
      </Empty>
    );
  }
  return (
    <>
      {rollouts.length === 0 ? (
        <Empty title="None found yet" />
      ) : (
        <Table
          caption="Rollouts that have ended, the last one first"
          columns={['Outcome', 'Rollout', 'Version', 'Ended', 'Took', 'Started by']}
        >
          {rollouts.map((rollout) => (
            <Row key={rollout.runId} rollout={rollout} />
          ))}
        </Table>
      )}
      {more ? (
        <div>
          <Button onClick={loadMore} busy={loading}>
            Show older ones
          </Button>
        </div>
      ) : (
        <p className="muted">These are all.</p>
      )}
    </>
  );
}

function Row({ rollout }: { readonly rollout: RolloutSummary }) {
  const { environment, service, version, runId, startedAtMs, endedAtMs, startedBy } = rollout;
  const { word, tone, icon } = endingOf(rollout);
  return (
    <tr className="history-row">
      <td className="history-outcome">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
      </td>
      <th scope="row" className="history-target">
        <RolloutLink environment={environment} service={service} runId={runId}>
          {environment}/{service}
        </RolloutLink>
      </th>
      <td className="history-version mono">{version ?? 'not known'}</td>
      <td className="history-time" data-label="Ended">
        {endedAtMs === null ? '—' : <At ms={endedAtMs} />}
      </td>
      <td className="history-time" data-label="Took">
        {endedAtMs === null ? '—' : spanText(endedAtMs - startedAtMs)}
      </td>
      <td className="muted" data-label="Started by">
        {startedBy ?? 'not known'}
      </td>
    </tr>
  );
}
