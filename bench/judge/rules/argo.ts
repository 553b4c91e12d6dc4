/**
 * Argo Rollouts' documented success-rate analysis (argo-rollouts docs/features/analysis.md; utils in
 * analysis/analysis.go).
 */
import type { ErrorTraffic } from '../error-traffic.ts';
import type { Rule } from './rule.ts';
import { nthFailure, samplesIn, sumBefore } from './windows.ts';

const WINDOW = samplesIn(300);
const LEAST_SUCCESS = 0.95;

interface ArgoSetting {
  readonly id: string;
  readonly intervalSeconds: number;
  /** More failed measurements than this in all fail the analysis; the default is 0. */
  readonly failureLimit: number;
  /** After so many measurements the analysis has succeeded; absent: it goes on. */
  readonly count?: number;
}

/** Its documented examples: in the background every 5 minutes, and as a step five times a minute apart. */
export const argoSettings: readonly ArgoSetting[] = [
  { id: 'argo-0', intervalSeconds: 300, failureLimit: 0 },
  { id: 'argo-3', intervalSeconds: 300, failureLimit: 3 },
  { id: 'argo-60s', intervalSeconds: 60, failureLimit: 0, count: 5 },
];

/**
 * The documented query takes `irate`, that is the last two scrapes; here it gets all of its 5 minutes, which is kinder.
 * So is that a measurement without requests counts for nothing: Argo would have an error, or fail on NaN.
 */
export function argoErrors(setting: ArgoSetting): Rule<ErrorTraffic> {
  const { id, intervalSeconds, failureLimit, count } = setting;
  return {
    id,
    says:
      `Argo: successCondition result >= 0.95 over 5m, interval ${intervalSeconds}s, failureLimit ${failureLimit}` +
      `${count === undefined ? '' : `, count ${count}`}; a measurement without requests counts for nothing.`,
    firesAt: ({ canaryTotal, canaryBad }) => {
      const failed = (end: number) => {
        const total = sumBefore(canaryTotal, end, WINDOW);
        return total > 0 && 1 - sumBefore(canaryBad, end, WINDOW) / total < LEAST_SUCCESS;
      };
      return nthFailure(canaryTotal.length, samplesIn(intervalSeconds), failureLimit + 1, failed, count);
    },
  };
}
