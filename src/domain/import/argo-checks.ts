/** Argo's analysis templates as checks: which are named, how often they may fail. */
import type { Mapping } from '../plan/document/read.ts';
import { type AnalysisContext, argumentsOf, type Filled } from './argo-args.ts';
import { durationOf, limitsOf, numberOf, queryOf } from './argo-metric.ts';
import type { CheckDraft } from './draft.ts';
import { checkNameOf } from './names.ts';
import type { Part } from './part.ts';
import { windowed } from './queries.ts';

export interface AnalysisDraft {
  readonly checks: readonly CheckDraft[];
  /** How long the run takes by itself; 0: it runs on. */
  readonly runMs: number;
  readonly delayMs: number;
}

const mostNested = 5;

/** The checks of `analysis: {templates, args}`, wherever in a rollout it stands. */
export function analysisOf(analysis: Part, context: AnalysisContext): AnalysisDraft {
  const dryRun = analysis.parts('dryRun').map((one) => one.text('metricName') ?? '');
  const args = argumentsOf(analysis.parts('args'), context);
  analysis.skip('analysisRunMetadata', 'measurementRetention');
  const drafts = templatesOf(analysis, context, 0).flatMap((template) => {
    const filled: Filled = { ...argumentsOf(template.parts('args'), context), ...args };
    const metrics = template.parts('metrics').map((metric) => metricOf(metric, filled, dryRun, context));
    template.skip('templates', 'dryRun', 'measurementRetention');
    template.done();
    return metrics;
  });
  return {
    checks: drafts.flatMap(({ check }) => check ?? []),
    runMs: Math.max(0, ...drafts.map(({ runMs }) => runMs)),
    delayMs: Math.max(0, ...drafts.map(({ delayMs }) => delayMs)),
  };
}

/** The specs of the templates that are named, and of those that these name. */
function templatesOf(analysis: Part, context: AnalysisContext, depth: number): readonly Part[] {
  return analysis.parts('templates').flatMap((reference) => {
    const name = reference.text('templateName') ?? '';
    const kind = reference.flag('clusterScope') === true ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
    reference.done();
    const spec = context.template(kind, name, analysis.findings);
    if (spec === undefined) {
      analysis.findings.lost(
        reference.path,
        `${kind} ${name} is not among the files`,
        'give its file as well',
      );
      return [];
    }
    return depth >= mostNested ? [spec] : [spec, ...templatesOf(spec, context, depth + 1)];
  });
}

interface MetricDraft {
  readonly check: CheckDraft | undefined;
  readonly runMs: number;
  readonly delayMs: number;
}

function metricOf(
  metric: Part,
  args: Filled,
  dryRun: readonly string[],
  context: AnalysisContext,
): MetricDraft {
  const name = metric.text('name') ?? 'check';
  const intervalMs = durationOf(metric, 'interval', args);
  const delayMs = durationOf(metric, 'initialDelay', args) ?? 0;
  const count = numberOf(metric, 'count', args);
  const judging = judgingOf(metric, count, args);
  const query = queryOf(metric, args, context);
  const limits = query === undefined ? undefined : limitsOf(metric, args);
  metric.skip('successCondition', 'failureCondition');
  metric.done();
  const runMs = delayMs + (intervalMs ?? 0) * Math.max(0, (count ?? 0) - 1);
  if (dryRun.some((pattern) => pattern === name || pattern === '.*')) {
    metric.findings.lost(
      metric.path,
      'is a dry run, and every check of a plan counts',
      'add it once it is trusted',
    );
    return { check: undefined, runMs: 0, delayMs: 0 };
  }
  if (query === undefined || limits === undefined || judging === undefined)
    return { check: undefined, runMs, delayMs };
  const window = windowed(query);
  const entry: Mapping = {
    kind: 'threshold',
    query: window.query,
    ...limits,
    ...(window.window === null ? {} : { window: window.window }),
    ...judging,
  };
  return { check: { name: checkNameOf(name), entry, from: metric.path, intervalMs }, runMs, delayMs };
}

/** Failed measurements are added up over a run and never forgotten; so many of so many looks come nearest. */
function judgingOf(metric: Part, count: number | undefined, args: Filled): Mapping | undefined {
  const failures = numberOf(metric, 'failureLimit', args) ?? 0;
  const errors = numberOf(metric, 'consecutiveErrorLimit', args);
  if (metric.has('inconclusiveLimit')) {
    const instead = 'a stage without a conclusive pass is extended once, then held (analysis.onInconclusive)';
    metric.findings.changed(
      metric.at('inconclusiveLimit'),
      'a check has no third answer between pass and fail',
      instead,
    );
  }
  metric.lose({
    consecutiveSuccessLimit: ['a stage ends by its soak, not after so many passes', 'shorten the soak'],
  });
  metric.skip('inconclusiveLimit');
  if (failures < 0) {
    metric.findings.lost(
      metric.path,
      'may fail as often as it likes, so it judges nothing',
      'leave it out, or give it a limit',
    );
    return undefined;
  }
  const limit = Math.min(Math.floor(failures) + 1, 100);
  const of = Math.min(Math.max(count ?? 100, limit), 100);
  return {
    failAfter: limit === 1 ? { consecutive: 1 } : { failures: limit, of },
    ...(errors === undefined
      ? {}
      : { maxConsecutiveErrors: Math.min(Math.max(Math.floor(errors) + 1, 1), 1000) }),
  };
}
