/** One check of a plan that asks for series, history or an error budget. */
import type {
  AnomalyCheck,
  ErrorBudgetCheck,
  SeriesCheck,
  TrendCheck,
} from '../../analysis/further-checks.ts';
import { presetNames, presetWith } from '../../analysis/presets.ts';
import { templateProblems } from '../../analysis/template.ts';
import type { CheckQuery } from '../../analysis/types.ts';
import { formatDuration } from '../../duration.ts';
import { adviceFor } from '../../nearest.ts';
import { bounds, defaults, furtherDefaults } from '../defaults.ts';
import { wherePresets } from './check-schema.ts';
import { anomalyFields, errorBudgetFields, seriesFields, trendFields } from './further-schema.ts';
import { failureOf, judgingOf } from './judging.ts';
import { joinPath, shown } from './problems.ts';
import { type Fields, type Mapping, type Read, type Report, readFields } from './read.ts';

const burnDefaults = [
  { longMs: 3_600_000, shortMs: 300_000, rate: 14.4 },
  { longMs: 21_600_000, shortMs: 1_800_000, rate: 6 },
] as const;

type FurtherCheck = SeriesCheck | TrendCheck | AnomalyCheck | ErrorBudgetCheck;

/** Readers of the kinds; each gives undefined when there is a problem. */
export const furtherReaders: {
  readonly [K in FurtherCheck['kind']]: (
    entry: Mapping,
    path: string,
    windowMs: number,
    report: Report,
  ) => FurtherCheck | undefined;
} = {
  series(entry, path, _windowMs, report) {
    const read = readMeasured(seriesFields, entry, path, report);
    const stepped = steppedOf(read, path, report);
    const { worse, tolerance, minEffect } = read.fields;
    if (stepped === undefined || worse === undefined) return undefined;
    return { ...stepped, kind: 'series', worse, tolerance: tolerance ?? 0, minEffect: minEffect ?? 0 };
  },
  trend(entry, path, _windowMs, report) {
    const read = readMeasured(trendFields, entry, path, report);
    const stepped = steppedOf(read, path, report);
    const { limit, within, worse = 'higher', onFail = 'rollback' } = read.fields;
    if (stepped === undefined || limit === undefined || within === undefined) return undefined;
    return { ...stepped, kind: 'trend', limit, worse, withinMs: within, onFail };
  },
  anomaly(entry, path, windowMs, report) {
    const read = readMeasured(anomalyFields, entry, path, report);
    const { fields, source } = read;
    const { history, every, minHistory, maxDeviations, minDifference, worse } = fields;
    refuseBadQuery(fields.samples, joinPath(path, 'samples'), report);
    refuseCrowd('history', 'every', history, every, path, report);
    const query = { ...source.query, samples: fields.samples ?? source.query.samples };
    const base = judgingOf(fields, { query, onNoData: defaults.onNoData }, path, windowMs, report);
    if (report.problems.length > read.before || fields.name === undefined) return undefined;
    if (history === undefined || every === undefined || worse === undefined) return undefined;
    return {
      ...base,
      kind: 'anomaly',
      name: fields.name,
      unit: source.unit,
      worse,
      historyMs: history,
      everyMs: every,
      minHistory: minHistory ?? furtherDefaults.minHistory,
      maxDeviations: maxDeviations ?? furtherDefaults.maxDeviations,
      minDifference: minDifference ?? 0,
    };
  },
  errorBudget(entry, path, _windowMs, report) {
    const read = readMeasured(errorBudgetFields, entry, path, report);
    const { slo, period, minLeft = null, onFail = 'rollback' } = read.fields;
    const burn = read.fields.burn?.map(({ long, short, rate }) => ({ longMs: long, shortMs: short, rate }));
    for (const [at, { longMs, shortMs }] of (burn ?? []).entries()) {
      if (shortMs < longMs) continue;
      const message = `must be shorter than long, which is ${formatDuration(longMs)}`;
      report.problems.push({ path: `${joinPath(path, 'burn')}[${at}].short`, message });
    }
    if (burn?.length === 0 && minLeft === null) {
      report.problems.push({ path, message: 'an errorBudget check needs burn or minLeft' });
    }
    const base = baseOf(read, path, report);
    if (base === undefined || slo === undefined || period === undefined) return undefined;
    return {
      ...base,
      kind: 'errorBudget',
      windowMs: period,
      minSamples: 0,
      slo,
      periodMs: period,
      minLeft,
      burn: burn ?? burnDefaults,
      onFail,
    };
  },
};

type Measured = Pick<
  typeof seriesFields,
  'name' | 'measure' | 'query' | 'unit' | 'failAfter' | 'maxConsecutiveErrors' | 'onNoData'
>;

interface ReadMeasured<F extends Fields & Measured> {
  readonly fields: Read<F>;
  readonly source: { readonly query: CheckQuery; readonly unit: string };
  /** Problems before this check was read. */
  readonly before: number;
}

function readMeasured<F extends Fields & Measured>(
  schema: F,
  entry: Mapping,
  path: string,
  report: Report,
): ReadMeasured<F> {
  const before = report.problems.length;
  const fields = readFields(schema, ['preset'], entry, path, report);
  return { fields, source: sourceOf(fields as Read<Measured>, path, report), before };
}

/** The query of the check itself or of the preset that it measures. */
function sourceOf({ measure, query, unit }: Read<Measured>, path: string, report: Report) {
  const none = { query: { value: query ?? '', samples: null }, unit: unit ?? '' };
  if ((measure === undefined) === (query === undefined)) {
    report.problems.push({ path, message: 'needs either query or measure' });
    return none;
  }
  refuseBadQuery(query, joinPath(path, 'query'), report);
  if (measure === undefined) return none;
  const preset = presetWith(measure);
  if (preset !== undefined) return { query: preset.query, unit: unit ?? preset.unit };
  const message = `unknown preset ${shown(measure)}; ${adviceFor(measure, presetNames, wherePresets)}`;
  report.problems.push({ path: joinPath(path, 'measure'), message });
  return none;
}

/** Points are counted themselves, so the samples query of a preset has no part in it. */
function baseOf<F extends Fields & Measured>(read: ReadMeasured<F>, path: string, report: Report) {
  const fields = read.fields as Read<Measured>;
  const failure = failureOf(fields.failAfter, joinPath(path, 'failAfter'), report);
  if (report.problems.length > read.before || fields.name === undefined) return undefined;
  return {
    name: fields.name,
    unit: read.source.unit,
    query: { value: read.source.query.value, samples: null },
    onNoData: fields.onNoData ?? defaults.onNoData,
    failure,
    maxConsecutiveErrors: fields.maxConsecutiveErrors ?? defaults.maxConsecutiveErrors,
  };
}

function steppedOf<F extends typeof seriesFields | typeof trendFields>(
  read: ReadMeasured<F>,
  path: string,
  report: Report,
) {
  const { window, step, minSamples, confidence } = read.fields as Read<typeof seriesFields>;
  refuseCrowd('window', 'step', window, step, path, report);
  if (window !== undefined && step !== undefined && minSamples !== undefined && window < step * minSamples) {
    const message = `must be at least ${formatDuration(step * minSamples)}, for ${minSamples} points of ${formatDuration(step)}`;
    report.problems.push({ path: joinPath(path, 'window'), message });
  }
  const base = baseOf(read, path, report);
  if (base === undefined || window === undefined || step === undefined) return undefined;
  return {
    ...base,
    windowMs: window,
    stepMs: step,
    minSamples: minSamples ?? furtherDefaults.minPoints,
    confidence: confidence ?? furtherDefaults.confidence,
  };
}

/** So many points are neither asked for nor compared with each other at every look. */
function refuseCrowd(
  whole: string,
  part: string,
  wholeMs: number | undefined,
  partMs: number | undefined,
  path: string,
  report: Report,
): void {
  if (wholeMs === undefined || partMs === undefined || wholeMs <= partMs * bounds.points) return;
  const message = `must be at most ${bounds.points} times ${part}, which is ${formatDuration(partMs)}`;
  report.problems.push({ path: joinPath(path, whole), message });
}

function refuseBadQuery(query: string | undefined, path: string, report: Report): void {
  if (query === undefined) return;
  for (const message of templateProblems(query)) report.problems.push({ path, message });
}
