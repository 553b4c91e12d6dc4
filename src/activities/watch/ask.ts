/** One look of one check: at the metrics source of the plan, or at what the operator named for probes and alerts. */
import type { CountsEvidence } from '../../domain/analysis/counts-check.ts';
import { judge } from '../../domain/analysis/index.ts';
import { isProbe, withinReach } from '../../domain/analysis/kinds.ts';
import type { CheckConfig, ProbeCheck, Reading, Verdict } from '../../domain/analysis/types.ts';
import type { Plan } from '../../domain/plan/types.ts';
import { type Arms, otherSlot } from '../../domain/rollout/types.ts';
import { readAlerts } from '../../providers/alerts/reading.ts';
import { readHealth } from '../../providers/health/reading.ts';
import { lookAtCounts } from '../../providers/metrics/bound-reading.ts';
import { comparedWith, look } from '../../providers/metrics/reading.ts';
import type { Providers } from '../deps.ts';

interface AskOptions {
  readonly signal: AbortSignal;
  /** Time of the look, for its verdict. */
  readonly atMs: number;
  /** How far back a look may measure. */
  readonly reachMs: number;
  /** Nothing before this time is judged. */
  readonly fromMs: number;
  /** What the check has gathered in this stage, if it gathers. */
  readonly evidence?: CountsEvidence | undefined;
}

/** Errors: those of an instance that does not exist; whatever else goes wrong is a verdict. */
export type Ask = (check: CheckConfig, options: AskOptions) => Promise<Verdict>;

export function asker(
  providers: Providers,
  plan: Plan,
  { canaryVersion, stableVersion, stableSlot }: Arms,
  canaryPercent: number,
): Ask {
  const { service, environment } = plan;
  const metrics = providers.metrics(plan.metrics.name);
  const of = { service, environment };
  const vars = { ...of, canary: canaryVersion, ...comparedWith(plan, stableVersion, canaryPercent / 100) };
  const probed = { ...of, version: canaryVersion, slot: otherSlot(stableSlot) };

  async function readProbe(check: ProbeCheck, signal: AbortSignal): Promise<Reading> {
    switch (check.kind) {
      case 'health':
        return await readHealth(providers.health(check.probe), probed, {
          timeoutMs: check.timeoutMs,
          signal,
        });
      case 'alert':
        return await readAlerts(providers.alerts(check.source), check.match, probed, {
          timeoutMs: check.timeoutMs,
          signal,
        });
    }
  }

  return async (check, { signal, atMs, reachMs, fromMs, evidence }) => {
    if (isProbe(check)) return judge(check, await readProbe(check, signal), null, atMs);
    if (check.kind === 'counts')
      return await lookAtCounts(metrics, check, vars, { signal, atMs, fromMs, evidence });
    return await look(metrics, withinReach(check, reachMs), vars, { signal, atMs });
  };
}
