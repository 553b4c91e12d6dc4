/** What presets and checks from scratch share: how often, how long and how strictly a check looks. */
import type { PresetLimits } from '../../analysis/presets.ts';
import type { CheckConfig, CheckQuery, FailureLimit } from '../../analysis/types.ts';
import { defaults } from '../defaults.ts';
import type { customFields } from './check-schema.ts';
import { joinPath } from './problems.ts';
import type { Read, Report } from './read.ts';

export const limitKeys = ['min', 'max', 'maxRatio', 'maxDifference', 'margin', 'limit'] as const;

type Judging = Pick<
  Read<typeof customFields>,
  'window' | 'minSamples' | 'onNoData' | 'failAfter' | 'maxConsecutiveErrors'
>;

/** Window, samples, no-data rule and failure limits of a check, with their defaults. */
export function judgingOf(
  fields: Judging,
  from: { readonly query: CheckQuery; readonly onNoData: CheckConfig['onNoData'] },
  path: string,
  windowMs: number,
  report: Report,
) {
  const counted = from.query.samples !== null;
  if (!counted && (fields.minSamples ?? 0) > 0) {
    const message = 'must be 0, since the check has no samples query to count observations with';
    report.problems.push({ path: joinPath(path, 'minSamples'), message });
  }
  return {
    query: from.query,
    windowMs: fields.window ?? windowMs,
    minSamples: fields.minSamples ?? (counted ? defaults.minSamples : 0),
    onNoData: fields.onNoData ?? from.onNoData,
    failure: failureOf(fields.failAfter, joinPath(path, 'failAfter'), report),
    maxConsecutiveErrors: fields.maxConsecutiveErrors ?? defaults.maxConsecutiveErrors,
  };
}

/** Without `consecutive`, `failures` of `of` stand alone: so many in a row reach that limit anyway. */
export function failureOf(
  input: Judging['failAfter'],
  path: string,
  report: Report,
  usual: number = defaults.consecutiveFailures,
): FailureLimit {
  const { consecutive, failures, of } = input ?? {};
  if (failures === undefined && of === undefined) {
    return { consecutive: consecutive ?? usual, kOfN: null };
  }
  if (failures === undefined || of === undefined) {
    const missing = failures === undefined ? 'failures' : 'of';
    report.problems.push({
      path: joinPath(path, missing),
      message: 'is required, since failures and of go together',
    });
  } else if (failures > of) {
    const message = `must be at most \`of\`, which is ${of}`;
    report.problems.push({ path: joinPath(path, 'failures'), message });
  }
  const kOfN = { failures: failures ?? 1, of: of ?? 1 };
  return { consecutive: consecutive ?? kOfN.failures, kOfN };
}

/** The limits as a check keeps them: null where nothing is set. */
export function limitsOf(fields: { readonly [K in keyof PresetLimits]?: number | undefined }): PresetLimits {
  const { min = null, max = null, maxRatio = null, maxDifference = null } = fields;
  return { min, max, maxRatio, maxDifference };
}
