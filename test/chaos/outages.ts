/**
 * When each part was certainly not at work, as its killer saw it; and from that, when an orchestrator may have lived.
 */
import type { Victim } from './schedule.ts';

export interface Outage {
  readonly victim: Victim;
  readonly kind: 'kill' | 'freeze';
  /** Seen dead or frozen: not a moment earlier than it was. */
  readonly fromMs: number;
  /** Taken just before it was brought back; null: it was not. */
  readonly untilMs: number | null;
}

export interface LiveBounds {
  readonly leaseTtlMs: number;
  readonly orphanGraceMs: number;
  /** Allowed to the whole of it: a heartbeat on its way, a process that is slow to start or to stop. */
  readonly slackMs: number;
}

const stepMs = 10;

/**
 * Whether somebody may have renewed a lease that was valid within the span: a worker that ran while Temporal had
 * answered within `orphanGrace`. Doubt counts as yes.
 */
export function leaseMayLive(
  outages: readonly Outage[],
  fromMs: number,
  toMs: number,
  bounds: LiveBounds,
): boolean {
  const { leaseTtlMs, orphanGraceMs, slackMs } = bounds;
  const workerOutages = outages.filter(({ victim }) => victim === 'worker');
  const temporalOutages = outages.filter(({ victim }) => victim === 'Temporal');
  for (let atMs = fromMs - leaseTtlMs - slackMs; atMs <= toMs; atMs += stepMs) {
    const workerMayRun = !workerOutages.some((outage) => covers(outage, atMs, atMs));
    if (workerMayRun && !temporalOutages.some((outage) => covers(outage, atMs - orphanGraceMs, atMs))) {
      return true;
    }
  }
  return false;
}

function covers({ fromMs, untilMs }: Outage, startMs: number, endMs: number): boolean {
  return fromMs <= startMs && (untilMs === null || endMs < untilMs);
}
