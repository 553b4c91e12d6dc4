/** Argo's canary strategy: its steps, the analysis beside them, and how it shares traffic. */
import type { AnalysisContext } from './argo-args.ts';
import { analysisOf } from './argo-checks.ts';
import { lostByBoth } from './argo-losses.ts';
import { stagesOf } from './argo-stages.ts';
import { trafficOf } from './argo-traffic.ts';
import { fallbackChecks, fallbackStages, shortest } from './defaults.ts';
import type { CheckDraft, ProviderDraft, StrategyDraft } from './draft.ts';
import type { Findings } from './finding.ts';
import type { Part } from './part.ts';

export function canaryOf(canary: Part, context: AnalysisContext): StrategyDraft {
  const { findings } = canary;
  const routing = trafficOf(canary, context);
  const maxWeight = canary.part('trafficRouting')?.number('maxTrafficWeight') ?? 100;
  const analysis = canary.part('analysis');
  const background = analysis === undefined ? null : analysisOf(analysis, context);
  if (analysis?.has('startingStep')) {
    const why = 'did not judge the steps before';
    findings.changed(
      analysis.at('startingStep'),
      why,
      'every stage is judged; give early ones checks of their own if need be',
    );
  }
  analysis?.skip('startingStep');
  analysis?.done();
  const walked = stagesOf(
    canary.parts('steps'),
    maxWeight > 0 ? maxWeight : 100,
    background?.checks ?? [],
    context,
  );
  canaryLosses(canary);
  canary.done();
  const stages = walked.stages.length > 0 ? walked.stages : fallbackStages(canary.at('steps'), findings);
  const [first, ...rest] = stages;
  const delayMs = background?.delayMs ?? 0;
  const warm =
    first === undefined ? [] : [{ ...first, warmUpMs: Math.max(first.warmUpMs, delayMs) }, ...rest];
  const own = [...(background?.checks ?? []), ...warm.flatMap(({ checks }) => checks ?? [])];
  const checks = checksForAll(background?.checks ?? [], own, canary.path, routing, findings);
  return {
    traffic: routing,
    checks,
    stages: warm.map((stage) => (sameChecks(stage.checks, checks) ? { ...stage, checks: null } : stage)),
    interval: shortest(own, findings),
    watchAfter: null,
    blueGreen: false,
    replicas: walked.replicas,
  };
}

/** Stages without an analysis of their own are judged too: a canary that nobody measures is never promoted. */
function checksForAll(
  background: readonly CheckDraft[],
  all: readonly CheckDraft[],
  path: string,
  { provider }: ProviderDraft,
  findings: Findings,
): readonly CheckDraft[] {
  if (background.length > 0) return background;
  if (all.length === 0) return fallbackChecks(path, provider, findings);
  findings.changed(
    path,
    'judged only some of its steps',
    'the checks of all analyses judge every stage that has none of its own',
  );
  return all.filter(
    (check, at) =>
      all.findIndex(
        ({ entry, name }) => name === check.name && JSON.stringify(entry) === JSON.stringify(check.entry),
      ) === at,
  );
}

function sameChecks(own: readonly CheckDraft[] | null, all: readonly CheckDraft[]): boolean {
  const text = (checks: readonly CheckDraft[]) =>
    checks
      .map(({ name, entry }) => JSON.stringify([name, entry]))
      .sort()
      .join();
  return own !== null && text(own) === text(all);
}

function canaryLosses(canary: Part): void {
  canary.skip('stableService', 'canaryService');
  if (canary.has('scaleDownDelaySeconds')) {
    const why = 'the old version stays only until routes have followed';
    canary.findings.changed(
      canary.at('scaleDownDelaySeconds'),
      why,
      'it stays warm and is watched for watchAfter (10m)',
    );
  }
  canary.skip('scaleDownDelaySeconds');
  canary.lose({
    maxSurge: ['belongs to the Deployment', 'set it in spec.strategy of the Deployment'],
    maxUnavailable: ['belongs to the Deployment', 'set it in spec.strategy of the Deployment'],
    canaryMetadata: ['labels of the canary are its own', 'workload.podLabels and podAnnotations add more'],
    stableMetadata: ['the stable Deployment is yours', 'set its labels in its template'],
    dynamicStableScale: [
      'stable stays at full scale, so that going back is safe',
      'nothing needs to be done',
    ],
    pingPong: ['stable and canary keep their Services', 'name both in traffic.stable and traffic.canary'],
    minPodsPerReplicaSet: ['the size of the canary is said once', 'set workload.replicas'],
    ...lostByBoth,
  });
}
