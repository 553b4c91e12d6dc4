/** Opens if the answer to a query lies within bounds: a performance baseline, an error rate, the age of a backup. */
import { z } from 'zod';
import { placeholdersIn, renderQuery, templateProblems } from '../../domain/analysis/template.ts';
import { messageOf } from '../../domain/errors.ts';
import { duration } from '../../domain/plan/document/duration-schema.ts';
import { prometheus } from '../metrics/prometheus.ts';
import type { MetricsProvider, Series } from '../metrics/types.ts';
import { readSettings } from '../settings.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

const options = z
  .strictObject({
    query: z
      .string()
      .min(1)
      .max(2_000)
      .refine((query) => templateProblems(query).length === 0, 'has a placeholder that is not known')
      .describe('PromQL, with the placeholders of checks; `{{version}}` is the one that is rolled out.'),
    window: duration(1_000, 30 * 86_400_000)
      .prefault('5m')
      .describe('What {{window}} stands for.'),
    min: z.number().optional().describe('Every value must be at least this.'),
    max: z.number().optional().describe('Every value must be at most this.'),
    unit: z.string().max(20).default('').describe('Shown beside the value.'),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'needs min or max');

/** As the workflow hands it back. */
const read = z.object({
  query: z.string(),
  window: z.number(),
  min: z.number().optional(),
  max: z.number().optional(),
  unit: z.string(),
});

const settings = z.strictObject({
  prometheus: prometheus.settings.describe('Settings of the Prometheus that is asked.'),
});

export const metricGate: GateType = {
  type: 'metric',
  summary: 'A query to Prometheus whose answer must lie within bounds.',
  options,
  settings,
  create(given) {
    const own = readSettings('metric', settings, given);
    return createMetric(prometheus.create(own.prometheus));
  },
};

function createMetric(source: MetricsProvider): Gate {
  return {
    async evaluate(question, signal) {
      const asked = read.parse(question.options);
      const query = filled(asked.query, asked.window, question);
      if (query === null)
        return { answer: 'hold', reason: 'the stable version is not known yet, which the query needs' };
      try {
        return judged(await source.instant(query, { signal }), query, asked);
      } catch (error) {
        signal.throwIfAborted();
        return {
          answer: 'hold',
          reason: `${messageOf(error)} Correct the query, or wait for the source`,
          facts: { query },
        };
      }
    },
    close: () => source.close(),
  };
}

function judged(
  series: readonly Series[],
  query: string,
  { min, max, unit }: z.output<typeof read>,
): GateVerdict {
  const values = series.map(({ points }) => points.at(-1)?.[1] ?? Number.NaN);
  const facts = { query, values: values.slice(0, 10).map(String), min, max };
  if (values.length === 0)
    return {
      answer: 'hold',
      reason: 'the query has no answer; see that what it asks for is measured',
      facts,
    };
  if (!values.every(Number.isFinite))
    return { answer: 'hold', reason: 'the query answers with no number', facts };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const text = (value: number) => `${Number(value.toPrecision(6))}${unit === '' ? '' : ` ${unit}`}`;
  if (min !== undefined && least < min) {
    return {
      answer: 'hold',
      reason: `${text(least)} is below the least, ${text(min)}; wait until it has recovered, or mend it`,
      facts,
    };
  }
  if (max !== undefined && most > max) {
    return {
      answer: 'hold',
      reason: `${text(most)} is above the most, ${text(max)}; wait until it has recovered, or mend it`,
      facts,
    };
  }
  const shown =
    values.length === 1 ? text(least) : `${text(least)} to ${text(most)} in ${values.length} series`;
  return { answer: 'open', reason: `${shown}, within bounds`, facts };
}

/** Null: a word stands for something that is not known yet. */
function filled(template: string, windowMs: number, question: GateQuestion): string | null {
  const { service, environment, version, stableVersion } = question;
  if (stableVersion === null && placeholdersIn(template).includes('stable')) return null;
  const stable = stableVersion ?? '';
  return renderQuery(template, {
    service,
    environment,
    version,
    canary: version,
    stable,
    windowMs,
    share: 1,
  });
}
