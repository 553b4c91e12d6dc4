/** The page of all rollouts: what runs, what wants a person first, and what has ended. */
import { useSearchParams } from 'wouter';
import { Page } from '../../shell/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { HistoryView } from './history-view.tsx';
import { RunningView } from './running-view.tsx';

export function RolloutsPage() {
  const [params] = useSearchParams();
  const isHistory = params.get('view') === 'history';
  return (
    <Page title="Rollouts">
      <Tabs
        label="Rollouts"
        tabs={[
          { text: 'Now', href: '/', current: !isHistory },
          { text: 'History', href: '/?view=history', current: isHistory },
        ]}
      />
      {isHistory ? <HistoryView /> : <RunningView />}
    </Page>
  );
}
