/** Every rule that is measured, side by side on the same traffic. */
import type { ErrorTraffic } from '../error-traffic.ts';
import type { LatencyTraffic } from '../latency-traffic.ts';
import { argoErrors, argoSettings } from './argo.ts';
import { flaggerErrors, flaggerLatency } from './flagger.ts';
import { kayentaErrors, kayentaLatency } from './kayenta.ts';
import { comparingOracle, estimatingOracle, oracle } from './oracle.ts';
import type { Rule } from './rule.ts';
import { sluiceErrors, sluiceLatency } from './sluice.ts';

export const errorRules: readonly Rule<ErrorTraffic>[] = [
  sluiceErrors,
  oracle,
  comparingOracle,
  estimatingOracle,
  flaggerErrors(1),
  flaggerErrors(5),
  flaggerErrors(10),
  ...argoSettings.map(argoErrors),
  kayentaErrors('once'),
  kayentaErrors('growing'),
];

/** Argo documents no latency analysis. */
export const latencyRules: readonly Rule<LatencyTraffic>[] = [
  sluiceLatency,
  oracle,
  comparingOracle,
  flaggerLatency(1),
  flaggerLatency(5),
  kayentaLatency('once'),
  kayentaLatency('growing'),
];
