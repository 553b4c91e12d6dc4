/** One rollout in the live list: what it is doing, how much traffic it has, what the checks say, and for how long. */
import { memo } from 'react';
import type { RolloutRow } from '../../../api/contract.ts';
import { useNow } from '../../live/use-now.ts';
import { RolloutLink } from '../../shell/rollout-link.tsx';
import { ageText } from '../../ui/age.ts';
import { Badge } from '../../ui/badge.tsx';
import { percentText, ShareBar } from '../../ui/share-bar.tsx';
import { spanText } from '../../ui/time.tsx';
import { stateOf } from './row-state.ts';
import { VerdictText } from './verdict-text.tsx';

interface LiveRowProps {
  readonly row: RolloutRow;
  readonly index: number;
  readonly topPx: number;
  readonly clockOffsetMs: number;
}

export const LiveRow = memo(function LiveRow({ row, index, topPx, clockOffsetMs }: LiveRowProps) {
  const { environment, service, version, runId, startedBy } = row;
  return (
    <tr
      className="live-row"
      data-index={index}
      data-tone={stateOf(row, 0).tone}
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${topPx}px)` }}
    >
      <td className="live-state">
        <State row={row} clockOffsetMs={clockOffsetMs} />
        <span className="muted live-second">{stageText(row)}</span>
      </td>
      <th scope="row" className="live-target">
        <RolloutLink environment={environment} service={service} runId={runId} className="live-name">
          {service} <span className="live-version">{version ?? '?'}</span>
        </RolloutLink>
        <span className="muted live-second">{environment}</span>
      </th>
      <td className="live-share">
        <Share row={row} />
      </td>
      <td className="live-verdict">
        <VerdictText row={row} />
      </td>
      <td className="live-time">
        <Times row={row} clockOffsetMs={clockOffsetMs} />
      </td>
      <td className="live-who muted">{startedBy ?? 'not known'}</td>
    </tr>
  );
});

function State({ row, clockOffsetMs }: { readonly row: RolloutRow; readonly clockOffsetMs: number }) {
  const { word, tone, icon, strong } = stateOf(row, useNow() + clockOffsetMs);
  return (
    <Badge tone={tone} icon={icon} strong={strong}>
      {word}
    </Badge>
  );
}

function stageText({ stage, stages, stageName, endedAtMs, phase }: RolloutRow): string {
  if (endedAtMs !== null || stages === null || stage === null) return '';
  if (phase === 'promoting' || phase === 'watching') return 'after the last stage';
  const name = stageName === null ? '' : `: ${stageName}`;
  return `stage ${stage + 1} of ${stages}${name}`;
}

function Share({ row }: { readonly row: RolloutRow }) {
  const { askedPercent, measuredPercent, attention, endedAtMs } = row;
  const tone =
    attention === 'restoring' || attention === 'failing' ? 'bad' : endedAtMs === null ? 'busy' : 'idle';
  return (
    <div className="live-bar">
      <ShareBar asked={askedPercent} measured={measuredPercent} tone={tone} />
      <span className="live-second">
        {shareText(row)}
        {measuredPercent === null ? null : (
          <span className="muted">, measured {percentText(measuredPercent)}</span>
        )}
      </span>
    </div>
  );
}

function shareText({ askedPercent, attention, restore }: RolloutRow): string {
  if (attention === 'restoring' && restore?.restoredAtMs == null) return 'going back to 0 %';
  return askedPercent === null ? 'share not known' : percentText(askedPercent);
}

function Times({ row, clockOffsetMs }: { readonly row: RolloutRow; readonly clockOffsetMs: number }) {
  const nowMs = useNow() + clockOffsetMs;
  const { startedAtMs, endedAtMs, expectedEndAtMs, restore } = row;
  if (endedAtMs !== null) {
    return (
      <Two
        first={`took ${spanText(endedAtMs - startedAtMs)}`}
        second={`ended ${ageText(nowMs - endedAtMs)} ago`}
      />
    );
  }
  const elapsed = spanText(nowMs - startedAtMs);
  if (restore !== null && restore.restoredAtMs === null) {
    const leftMs = restore.dueAtMs - nowMs;
    return (
      <Two
        first={elapsed}
        second={leftMs >= 0 ? `home in ${spanText(leftMs)}` : `late by ${spanText(-leftMs)}`}
      />
    );
  }
  if (restore !== null) return <Two first={elapsed} second="traffic is home" />;
  if (expectedEndAtMs === null) return <Two first={elapsed} second="end not known" />;
  return <Two first={elapsed} second={`${spanText(expectedEndAtMs - nowMs)} left`} />;
}

function Two({ first, second }: { readonly first: string; readonly second: string }) {
  return (
    <>
      <span>{first}</span>
      <span className="muted live-second">{second}</span>
    </>
  );
}
