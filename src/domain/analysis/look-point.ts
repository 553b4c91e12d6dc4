/** One look of one check as a chart shows it: small enough to keep many of them. */
import type { CheckConfig, Verdict, VerdictKind } from './types.ts';

export interface LookPoint {
  readonly atMs: number;
  readonly kind: VerdictKind;
  readonly canary: number | null;
  readonly stable: number | null;
  /** Where the canary's value surely lies beside that of stable, in the unit of the value; null: not known. */
  readonly low: number | null;
  readonly high: number | null;
}

export function unitOf(config: CheckConfig): string {
  return config.kind === 'counts' ? '%' : config.unit;
}

export function lookPointOf(config: CheckConfig, verdict: Verdict): LookPoint {
  return pointOfVerdict(verdict, config.kind === 'counts' && config.shows === 'good');
}

/** `turned`: the values are shares of what goes well, while the interval is of what goes wrong. */
export function pointOfVerdict(
  { atMs, kind, canary, stable, statistics }: Verdict,
  turned: boolean,
): LookPoint {
  const { difference } = statistics ?? {};
  if (stable === null || difference === undefined)
    return { atMs, kind, canary, stable, low: null, high: null };
  const low = shareNear(stable + (turned ? -difference.high : difference.low));
  const high = shareNear(stable + (turned ? -difference.low : difference.high));
  return { atMs, kind, canary, stable, low, high };
}

/** The interval of a difference reaches beyond what a share can be. */
function shareNear(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}
