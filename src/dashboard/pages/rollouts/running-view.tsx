/** The rollouts that run and those that have just ended, as they change. */
import { useEffect } from 'react';
import { useReport } from '../../live/connection.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Loading, Problem } from '../../ui/states.tsx';
import { choose, countGroups, environmentsOf, groups } from './choice.ts';
import { ChoiceBox, FilterBar, SearchBox, useFilters } from './filters.tsx';
import { FirstPlan } from './first-plan.tsx';
import { GroupChoice } from './group-choice.tsx';
import { LiveList } from './live-list.tsx';
import { useBoard } from './use-board.ts';

export function RunningView() {
  const { rows, clockOffsetMs, connection, problem } = useBoard();
  const [params, set] = useFilters();
  useReport('rollouts', connection);
  useTroubleInTitle(rows === null ? 0 : countGroups(rows).trouble);
  if (problem !== null) return <Problem problem={problem} onRetry={() => location.reload()} />;
  if (rows === null)
    return connection.kind === 'lost' ? <NotYet why={connection.why} /> : <Loading what="rollouts" />;
  if (rows.length === 0) return <FirstPlan />;
  const group = groups.find((one) => one === params.get('state')) ?? null;
  const environment = params.get('environment');
  const search = params.get('q') ?? '';
  const shown = choose(rows, { group, environment, search });
  return (
    <>
      <FilterBar>
        <GroupChoice counts={countGroups(rows)} group={group} onChange={(one) => set('state', one)} />
        <ChoiceBox
          label="Environment"
          all="All environments"
          value={environment}
          options={environmentsOf(rows).map((name) => ({ value: name, text: name }))}
          onChange={(name) => set('environment', name)}
        />
        <SearchBox label="Find a rollout" value={search} onChange={(text) => set('q', text)} />
      </FilterBar>
      {shown.length === 0 ? (
        <Empty title="Nothing like that">
          <p>None of the {rows.length} rollouts fits what is asked for.</p>
          <Button onClick={() => ['state', 'environment', 'q'].forEach((name) => void set(name, null))}>
            Show all
          </Button>
        </Empty>
      ) : (
        <LiveList rows={shown} clockOffsetMs={clockOffsetMs} />
      )}
    </>
  );
}

function NotYet({ why }: { readonly why: string | null }) {
  return (
    <Empty title="The API does not answer yet">
      <p>It is asked again by itself. Rollouts that run go on without this page.</p>
      {why === null ? null : <p className="muted">{why}</p>}
    </Empty>
  );
}

/** So that it is seen among other tabs. */
function useTroubleInTitle(count: number): void {
  useEffect(() => {
    const bare = document.title.replace(/^\(\d+\) /, '');
    document.title = count === 0 ? bare : `(${count}) ${bare}`;
  }, [count]);
}
