/** The page of one rollout: what it is, what can be done to it, and the views of it. */
import { useCallback, useEffect, useState } from 'react';
import type { RolloutView } from '../../../api/contract.ts';
import type { FollowedRun } from '../../../client/index.ts';
import { isAway, useReport } from '../../live/connection.ts';
import { Page } from '../../shell/page.tsx';
import { useTarget } from '../../shell/rollout-path.ts';
import { Empty, Loading, Problem } from '../../ui/states.tsx';
import { useToast } from '../../ui/toast.tsx';
import { RolloutActions } from '../actions/rollout-actions.tsx';
import { UnseenRollback } from '../actions/unseen-rollback.tsx';
import { RolloutTabs } from '../assurance/rollout-tabs.tsx';
import { headlineOf } from './model/headline.ts';
import { shownOf } from './model/last-account.ts';
import { StatusView } from './status/status-view.tsx';
import { useNextRun } from './use-next-run.ts';
import { useRollout } from './use-rollout.ts';

export function RolloutPage() {
  const followed = useTarget();
  const { environment, service, run } = followed;
  const toast = useToast();
  const [later, setLater] = useState(0);
  const onNext = useCallback(
    ({ target, version }: RolloutView) => {
      toast({
        tone: 'good',
        text: `${target} ${version ?? ''} has begun: this page shows the latest rollout.`,
      });
      setLater((last) => last + 1);
    },
    [toast],
  );
  // Another rollout is another page: nothing of the one before may be seen in it.
  const key = `${environment}/${service}/${run} ${later}`;
  return <OneRollout key={key} followed={followed} onNext={onNext} />;
}

interface OneRolloutProps {
  readonly followed: FollowedRun;
  /** Called when the one that is shown has ended and the address means another one by now. */
  readonly onNext: (next: RolloutView) => void;
}

function OneRollout({ followed, onNext }: OneRolloutProps) {
  const seen = useRollout(followed);
  const { view, problem, connection } = seen;
  // What has ended does not grow old.
  useReport('rollout', view?.endedAtMs != null ? null : connection);
  const next = useNextRun(followed, view);
  useEffect(() => {
    if (next !== null) onNext(next);
  }, [next, onNext]);
  const target = `${followed.environment}/${followed.service}`;
  if (view === null) {
    return (
      <Page title={target} actions={isAway(connection.kind) ? <UnseenRollback followed={followed} /> : null}>
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
  const { title: state } = headlineOf(view, (seen.sight.asOfMs ?? view.startedAtMs) - seen.aheadMs);
  return (
    <Page
      title={target}
      state={state}
      subtitle={<Subtitle view={shownOf(view, seen.account).view} />}
      actions={<RolloutActions view={view} />}
    >
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
      {author === undefined ? null : (
        <>
          , started by <bdi>{author}</bdi>
        </>
      )}
    </p>
  );
}
