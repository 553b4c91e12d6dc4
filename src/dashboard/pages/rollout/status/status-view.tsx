/** Canary status: how it stands, its stages, its share, its checks, what happened, and the facts. */
import { useMemo } from 'react';
import type { RolloutView } from '../../../../api/contract.ts';
import { useNow } from '../../../live/use-now.ts';
import { ageText } from '../../../ui/age.ts';
import { RestoreView } from '../../actions/restore-view.tsx';
import { checkCharts } from '../model/check-chart.ts';
import { factsOf } from '../model/facts.ts';
import { headlineOf } from '../model/headline.ts';
import { shownOf } from '../model/last-account.ts';
import { sharePoints } from '../model/share-chart.ts';
import { type Hearing, hearingOf } from '../model/sight.ts';
import { stageLines } from '../model/stage-lines.ts';
import type { RolloutSeen } from '../use-rollout.ts';
import { CheckCard } from './check-card.tsx';
import { EndedLinks } from './ended-links.tsx';
import { FactsList } from './facts-list.tsx';
import { HeadlineBanner } from './headline-banner.tsx';
import { InstancesCard } from './instances-card.tsx';
import { ShareCard } from './share-card.tsx';
import { StageTimeline } from './stage-timeline.tsx';
import { StoryList } from './story-list.tsx';
import './status-view.css';

/** Charts move on in such steps, not with every second. */
const stepMs = 5_000;

interface StatusViewProps {
  readonly seen: RolloutSeen & { readonly view: RolloutView };
}

export function StatusView({ seen }: StatusViewProps) {
  const { series, seriesProblem, aheadMs, sight } = seen;
  const hereMs = useNow();
  const { view, toldAtMs } = shownOf(seen.view, seen.account);
  const { connection } = seen;
  const hearing = hearingOf({ view, toldAtMs, connection, sight, aheadMs }, hereMs);
  const lines = stageLines(view, hearing);
  const isOver = view.endedAtMs !== null;
  return (
    <>
      <HeadlineBanner headline={headlineOf(seen.view, (sight.asOfMs ?? hereMs) - aheadMs)}>
        {toldAtMs === null ? null : (
          <p className="muted" aria-live="off">
            What stands below is its last account, {ageText(hereMs - toldAtMs)} old.
          </p>
        )}
        {view.status === null ? null : <RestoreView status={view.status} />}
      </HeadlineBanner>
      {isOver ? <EndedLinks view={view} /> : null}
      {lines.length === 0 ? null : <StageTimeline lines={lines} />}
      <div className="status-columns">
        <div className="status-charts">
          <Charts view={view} series={series} lines={lines} hearing={hearing} isOver={isOver} />
          {seriesProblem === null ? null : (
            <p className="muted" role="status">
              The charts’ past could not be had: {seriesProblem}
            </p>
          )}
        </div>
        <div className="status-side">
          {view.status === null ? null : <StoryList status={view.status} />}
          <InstancesCard view={view} />
          <FactsList facts={factsOf(view)} />
        </div>
      </div>
    </>
  );
}

interface ChartsProps extends Pick<RolloutSeen, 'series'> {
  readonly view: RolloutView;
  readonly lines: ReturnType<typeof stageLines>;
  readonly hearing: Hearing;
  readonly isOver: boolean;
}

function Charts({ view, series, lines, hearing, isOver }: ChartsProps) {
  const { nowMs, isHeard, silence } = hearing;
  const charts = useMemo(() => (series === null ? [] : checkCharts(series)), [series]);
  const { startedAtMs } = view;
  const untilMs = view.endedAtMs ?? Math.ceil(nowMs / stepMs) * stepMs;
  const isAhead = lines.some(({ state, startedAtMs }) => state === 'planned' && startedAtMs !== null);
  const aheadMs = isAhead
    ? Math.max(0, (lines.findLast(({ endsAtMs }) => endsAtMs !== null)?.endsAtMs ?? untilMs) - untilMs)
    : 0;
  // Of what is planned no more than half of the chart: it is about what was.
  const shownUntilMs = untilMs + Math.min(Math.ceil(aheadMs / stepMs) * stepMs, untilMs - startedAtMs);
  const points = sharePoints(series ?? nothing, lines, { startedAtMs, untilMs: isOver ? untilMs : nowMs });
  return (
    <>
      <ShareCard
        points={points}
        x={[startedAtMs / 1000, shownUntilMs / 1000]}
        asked={silence === 'lapsed' ? null : (view.status?.askedPercent ?? null)}
        measured={isOver || !isHeard ? null : (view.live?.measuredPercent ?? null)}
        isOver={isOver}
      />
      {charts.map((chart) => (
        <CheckCard
          key={chart.name}
          chart={chart}
          isHeard={isHeard}
          x={[startedAtMs / 1000, untilMs / 1000]}
        />
      ))}
    </>
  );
}

const nothing = { asked: { atMs: [], percent: [] }, measured: { atMs: [], percent: [] } };
