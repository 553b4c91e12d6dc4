/** The page of one rollout: what it is, what can be done to it, and the views of it. */
import type { RolloutView } from '../../../api/contract.ts';
import type { FollowedRun } from '../../../client/index.ts';
import { useReport } from '../../live/connection.ts';
import { Page } from '../../shell/page.tsx';
import { useTarget } from '../../shell/rollout-path.ts';
import { Empty, Loading, Problem } from '../../ui/states.tsx';
import { RolloutActions } from '../actions/rollout-actions.tsx';
import { RolloutTabs } from '../assurance/rollout-tabs.tsx';
import { StatusView } from './status/status-view.tsx';
import { useRollout } from './use-rollout.ts';

export function RolloutPage() {
  const followed = useTarget();
  const { environment, service, run } = followed;
  // Another rollout is another page: nothing of the one before may be seen in it.
  return <OneRollout key={`${environment}/${service}/${run}`} followed={followed} />;
}

function OneRollout({ followed }: { readonly followed: FollowedRun }) {
  const seen = useRollout(followed);
  const { view, problem, connection } = seen;
  // What has ended does not grow old.
  useReport('rollout', view?.endedAtMs != null ? null : connection);
  const target = `${followed.environment}/${followed.service}`;
  if (view === null) {
    return (
      <Page title={target}>
        {problem === null ? (
          <Loading what="the rollout" />
        ) : problem.code === 'rollout-not-found' ? (
          <Empty title={`No rollout of ${target} is known`}>
            <p>{problem.detail} It may be misspelt, or older than Temporal keeps histories.</p>
            <p>
              <a href="/ui/">All rollouts</a>
            </p>
          </Empty>
        ) : (
          <Problem problem={problem} />
        )}
      </Page>
    );
  }
  return (
    <Page title={target} subtitle={<Subtitle view={view} />} actions={<RolloutActions view={view} />}>
      <RolloutTabs target={followed} current="" />
      {problem === null ? null : <Problem problem={problem} />}
      <StatusView seen={{ ...seen, view }} />
    </Page>
  );
}

function Subtitle({ view: { version, status } }: { readonly view: RolloutView }) {
  const stable = status?.arms?.stableVersion;
  const author = status?.author;
  return (
    <p>
      <strong>{version ?? 'unknown version'}</strong>
      {stable === undefined ? '' : ` beside ${stable}`}
      {author === undefined ? '' : `, started by ${author}`}
    </p>
  );
}
