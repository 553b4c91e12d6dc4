/** Flagger's metrics as checks: the two that are built in, those of templates, and queries of their own. */
import { formatDuration } from '../duration.ts';
import type { Mapping } from '../plan/document/read.ts';
import type { CheckDraft } from './draft.ts';
import { filledIn, type MetricContext, templateQuery } from './flagger-query.ts';
import type { Pace } from './flagger-stages.ts';
import { goDurationMs } from './go-duration.ts';
import { checkNameOf } from './names.ts';
import type { KubeObject } from './objects.ts';
import type { Part } from './part.ts';
import { dialectOf, type RouteType, type Services } from './routing.ts';

export function checksOf(analysis: Part, pace: Pace, context: MetricContext): readonly CheckDraft[] {
  return analysis.parts('metrics').flatMap((metric) => {
    const check = checkOf(metric, pace, context);
    metric.done();
    return check === undefined ? [] : [check];
  });
}

function checkOf(metric: Part, { failures }: Pace, context: MetricContext): CheckDraft | undefined {
  const name = metric.text('name') ?? 'check';
  const windowMs = windowOf(metric);
  const judging = { window: formatDuration(windowMs), failAfter: { consecutive: failures } };
  const builtIn = name === 'request-success-rate' || name === 'request-duration';
  const template = metric.part('templateRef');
  const query = metric.text('query');
  const limits = limitsOf(metric, name);
  const draft = (entry: Mapping): CheckDraft => ({
    name: checkNameOf(name),
    entry: { ...entry, ...judging },
    from: metric.path,
    intervalMs: null,
  });
  if (builtIn && template === undefined && query === undefined)
    return draft(builtInEntry(metric, name, limits, context));
  if (limits.min === undefined && limits.max === undefined) {
    metric.findings.lost(
      metric.path,
      'has no thresholdRange, so it never fails',
      'write the check with min or max',
    );
    return undefined;
  }
  const text = query ?? (template === undefined ? undefined : templateQuery(template, metric, context));
  const filled = text === undefined ? undefined : filledIn(text.trim(), metric, context);
  if (filled !== undefined) return draft({ kind: 'threshold', query: filled, ...limits });
  if (text === undefined && template === undefined) {
    metric.findings.lost(metric.path, 'has no query and no template', 'write the check by hand');
  }
  metric.skip('templateVariables');
  return undefined;
}

/** Milliseconds there, seconds here. */
function builtInEntry(
  metric: Part,
  name: string,
  limits: Limits,
  { traffic, services, canary }: MetricContext,
): Mapping {
  const prefix = dialectOf[traffic.provider as RouteType] ?? '';
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);
  const selector = traffic.provider === 'nginx' ? { selector: nginxSelector(services, canary) } : {};
  if (traffic.provider !== 'nginx') {
    const reads =
      prefix === ''
        ? 'http_requests_total and http_request_duration_seconds with service and version'
        : "Istio's own metrics";
    metric.findings.changed(
      metric.path,
      'is a query of Flagger for this data plane',
      `the preset reads ${reads}; sluice metrics check shows whether they have data`,
    );
  }
  if (name === 'request-success-rate') {
    const given = limits.min === undefined && limits.max === undefined ? { min: 99 } : limits;
    return { preset: `${prefix}success-rate`, ...selector, ...withoutUndefined(given) };
  }
  const max = seconds(limits.max);
  const given =
    limits.min === undefined && max === undefined ? { max: 0.5 } : { min: seconds(limits.min), max };
  return { preset: `${prefix}latency-p99`, ...selector, ...withoutUndefined(given) };
}

function nginxSelector({ canary }: Services, { namespace }: KubeObject): string {
  const service = `exported_service="${canary}"`;
  return namespace === null ? service : `exported_namespace="${namespace}",${service}`;
}

interface Limits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** The old `threshold` is the least success rate, and the most of anything else. */
function limitsOf(metric: Part, name: string): Limits {
  const range = metric.part('thresholdRange');
  const old = metric.number('threshold');
  const min = range?.number('min');
  const max = range?.number('max');
  range?.done();
  if (min !== undefined && max !== undefined && min > max) {
    metric.findings.lost(metric.at('thresholdRange'), 'accepts no value', 'correct it');
    return {};
  }
  if (min !== undefined || max !== undefined) return withoutUndefined({ min, max });
  if (old === undefined) return {};
  return name === 'request-success-rate' ? { min: old } : { max: old };
}

const usualWindowMs = 60_000;

function windowOf(metric: Part): number {
  const read = metric.has('interval') ? goDurationMs(metric.raw('interval')) : usualWindowMs;
  metric.skip('interval');
  if (read === undefined)
    metric.findings.lost(metric.at('interval'), 'is not a duration that can be read', 'the plan has 1m');
  return Math.min(Math.max(read ?? usualWindowMs, 1_000), 86_400_000);
}

function withoutUndefined(limits: Limits): { min?: number; max?: number } {
  const { min, max } = limits;
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
