/** What one metric of an analysis asks, of whom, and what it accepts. */
import type { Mapping } from '../plan/document/read.ts';
import { type AnalysisContext, type Filled, fillArguments } from './argo-args.ts';
import { both, type Limits, limitsOfCondition } from './condition.ts';
import type { Loss } from './finding.ts';
import { goDurationMs } from './go-duration.ts';
import type { Part } from './part.ts';
import { refuseQuery } from './queries.ts';

export function limitsOf(metric: Part, args: Filled): Mapping | undefined {
  const accepts = conditionOf(metric, 'successCondition', args, false);
  const rejects = conditionOf(metric, 'failureCondition', args, true);
  if (accepts === 'unreadable' || rejects === 'unreadable') return undefined;
  if (accepts === undefined && rejects === undefined) {
    metric.findings.lost(
      metric.path,
      'has no condition, so it never fails',
      'write the check with min or max',
    );
    return undefined;
  }
  const limits = accepts && rejects ? both(accepts, rejects) : (accepts ?? rejects);
  if (limits === undefined || (limits.min === null && limits.max === null)) {
    metric.findings.lost(metric.path, 'sets no limit to the value', 'write the check with min or max');
    return undefined;
  }
  if (limits.min !== null && limits.max !== null && limits.min.value > limits.max.value) {
    metric.findings.lost(metric.path, 'its two conditions accept no value', 'correct one of them');
    return undefined;
  }
  if (accepts && rejects) tellOfGap(metric, accepts, rejects);
  for (const bound of [limits.min, limits.max]) {
    if (bound !== null && !bound.inclusive) {
      metric.findings.changed(
        metric.path,
        `fails at exactly ${bound.value}`,
        'min and max of a check pass at their own value',
      );
    }
  }
  return {
    ...(limits.min === null ? {} : { min: limits.min.value }),
    ...(limits.max === null ? {} : { max: limits.max.value }),
    ...(limits.noData === null ? {} : { onNoData: limits.noData }),
  };
}

function tellOfGap(metric: Part, accepts: Limits, rejects: Limits): void {
  if (accepts.min?.value === rejects.min?.value && accepts.max?.value === rejects.max?.value) return;
  const why = 'is inconclusive between its two conditions, and pauses there';
  metric.findings.changed(metric.path, why, 'the check fails wherever the success condition does not hold');
}

function conditionOf(
  metric: Part,
  key: string,
  args: Filled,
  rejects: boolean,
): Limits | undefined | 'unreadable' {
  const text = metric.text(key);
  if (text === undefined) return undefined;
  const filled = fillArguments(text, args);
  const result = filled.ok ? limitsOfCondition(filled.text, rejects) : filled;
  if (result.ok) return result.limits;
  metric.findings.lost(metric.at(key), result.why, 'write the check with min or max');
  return 'unreadable';
}

const elsewhere = 'ask the same of Prometheus, or of a metrics instance of type webhook';

const providers: Readonly<Record<string, Loss>> = {
  web: ['asks an address', 'a metrics instance of type webhook of your sluice.yaml answers with values'],
  job: ['runs a Job', 'run it before sluice start; what it finds later comes as an event'],
  kayenta: ['asks Kayenta', 'checks of kind counts and series compare with stable'],
  ...Object.fromEntries(
    ['datadog', 'newRelic', 'wavefront', 'cloudWatch', 'graphite', 'influxdb', 'skywalking', 'plugin'].map(
      (one) => [one, [`asks ${one}`, elsewhere] as const],
    ),
  ),
};

export function queryOf(metric: Part, args: Filled, context: AnalysisContext): string | undefined {
  const provider = metric.part('provider');
  const prometheus = provider?.part('prometheus');
  provider?.lose(providers);
  provider?.done();
  if (prometheus === undefined) return undefined;
  const address = prometheus.text('address');
  if (address !== undefined) context.addresses.add(address);
  prometheus.lose({
    authentication: ['plans hold no credentials', 'set them for the metrics instance in sluice.yaml'],
    headers: ['plans hold no headers', 'set them for the metrics instance in sluice.yaml'],
    insecure: ['plans hold no settings of connections', 'name the CA of the metrics instance in sluice.yaml'],
    timeout: [
      'plans hold no settings of connections',
      'set timeoutMs of the metrics instance in sluice.yaml',
    ],
    rangeQuery: ['a check asks for one value at a time', 'write a check of kind series'],
  });
  const text = prometheus.text('query');
  prometheus.done();
  if (text === undefined) return undefined;
  const filled = fillArguments(text.trim(), args);
  if (!filled.ok) metric.findings.lost(prometheus.at('query'), filled.why, 'write the check by hand');
  return filled.ok
    ? refuseQuery(filled.text, prometheus.at('query'), [context.services.canary], metric.findings)
    : undefined;
}

export function durationOf(metric: Part, key: string, args: Filled): number | null {
  const raw = metric.raw(key);
  if (raw === undefined) return null;
  const filled = typeof raw === 'string' ? fillArguments(raw, args) : undefined;
  const ms = goDurationMs(filled?.ok ? filled.text : raw);
  if (ms === undefined)
    metric.findings.lost(metric.at(key), 'is not a duration that can be read', 'set it by hand');
  return ms ?? null;
}

/** Counts and limits may be arguments too. */
export function numberOf(metric: Part, key: string, args: Filled): number | undefined {
  const raw = metric.raw(key);
  if (raw === undefined) return undefined;
  const filled = typeof raw === 'string' ? fillArguments(raw, args) : undefined;
  const number = Number(filled?.ok ? filled.text : raw);
  if (Number.isFinite(number)) return number;
  metric.findings.lost(metric.at(key), 'is not a number that can be read', 'set it by hand');
  return undefined;
}
