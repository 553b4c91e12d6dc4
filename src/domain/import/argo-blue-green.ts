/**
 * Argo's blue-green strategy: testers see the new version first, then everybody at once, and the old one stays warm.
 */
import type { AnalysisContext } from './argo-args.ts';
import { type AnalysisDraft, analysisOf } from './argo-checks.ts';
import { lostByBoth } from './argo-losses.ts';
import { trafficOf } from './argo-traffic.ts';
import { fallbackChecks, previewCheck, previewMatch, shortest } from './defaults.ts';
import type { StageDraft, StrategyDraft } from './draft.ts';
import type { Part } from './part.ts';

const leastWatchMs = 60_000;

export function blueGreenOf(blueGreen: Part, context: AnalysisContext): StrategyDraft {
  const { findings } = blueGreen;
  const traffic = trafficOf(blueGreen, context);
  const before = analysisIn(blueGreen, 'prePromotionAnalysis', context);
  const after = analysisIn(blueGreen, 'postPromotionAnalysis', context);
  const approval = blueGreen.flag('autoPromotionEnabled') === false;
  const waitMs = (blueGreen.number('autoPromotionSeconds') ?? 0) * 1000;
  const warmMs = (blueGreen.number('scaleDownDelaySeconds') ?? 30) * 1000;
  losses(blueGreen);
  blueGreen.done();
  const checks = after.checks.length > 0 ? after.checks : before.checks;
  const judged = checks.length > 0 ? checks : fallbackChecks(blueGreen.path, traffic.provider, findings);
  const preview = previewOf(before, Math.max(before.runMs, waitMs), approval, traffic.provider, blueGreen);
  const everybody: StageDraft = {
    name: 'everybody',
    weight: 100,
    match: null,
    warmUpMs: after.delayMs,
    soakMs: after.runMs - after.delayMs,
    approval: false,
    checks: null,
    from: [blueGreen.at('activeService')],
  };
  return {
    traffic,
    checks: judged,
    stages: preview === null ? [everybody] : [preview, everybody],
    interval: shortest([...before.checks, ...after.checks], findings),
    watchAfter: {
      value: Math.min(Math.max(warmMs, leastWatchMs), 7 * 86_400_000),
      from: `${blueGreen.at('scaleDownDelaySeconds')}, a minute at least`,
    },
    blueGreen: true,
    replicas: null,
  };
}

/** Shares by numbers of pods know no header, so nobody can be let in first there. */
function previewOf(
  { checks, delayMs }: AnalysisDraft,
  soakMs: number,
  approval: boolean,
  provider: string,
  blueGreen: Part,
): StageDraft | null {
  const { findings } = blueGreen;
  if (provider === 'service') {
    const why = 'a version is tested before anybody gets it';
    findings.lost(
      blueGreen.at('previewService'),
      why,
      'test it through the canary Service of an environment before, or share by a route',
    );
    return null;
  }
  const { header, value } = previewMatch;
  findings.changed(
    blueGreen.at('previewService'),
    'testers reach the new version through it',
    `so do they now, and requests with ${header}: ${value}`,
  );
  return {
    name: 'preview',
    weight: 0,
    match: previewMatch,
    warmUpMs: delayMs,
    soakMs,
    approval,
    checks: checks.length > 0 ? checks : [previewCheck(provider)],
    from: [blueGreen.at('previewService')],
  };
}

const nothing: AnalysisDraft = { checks: [], runMs: 0, delayMs: 0 };

function analysisIn(blueGreen: Part, key: string, context: AnalysisContext): AnalysisDraft {
  const analysis = blueGreen.part(key);
  const found = analysis === undefined ? nothing : analysisOf(analysis, context);
  analysis?.done();
  return found;
}

function losses(blueGreen: Part): void {
  blueGreen.skip('activeService', 'previewService');
  blueGreen.lose({
    previewReplicaCount: [
      'the canary has all its pods before everybody gets it',
      'workload.replicas sets how many it begins with',
    ],
    previewMetadata: ['labels of the canary are its own', 'workload.podLabels and podAnnotations add more'],
    activeMetadata: ['the stable Deployment is yours', 'set its labels in its template'],
    maxUnavailable: ['Sluice restarts no pods', 'set it in spec.strategy of the Deployment'],
    ...lostByBoth,
  });
}
