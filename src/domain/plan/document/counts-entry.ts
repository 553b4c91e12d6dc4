/** One check of a plan that counts, from a preset or from scratch. */
import type { CountsCheck } from '../../analysis/counts-check.ts';
import type { Preset } from '../../analysis/presets.ts';
import type { Guard } from '../../analysis/sequential/types.ts';
import { templateProblems } from '../../analysis/template.ts';
import { countsDefaults, defaults } from '../defaults.ts';
import type { countsChanges } from './counts-changes.ts';
import { countsFields } from './counts-schema.ts';
import { joinPath } from './problems.ts';
import { type Mapping, ownValue, type Read, type Report, readFields } from './read.ts';

type Changes = Read<typeof countsChanges> &
  Pick<Read<typeof countsFields>, 'minSamples' | 'maxConsecutiveErrors'>;

/** Settings of a preset that mean that one look, or some of them, decide: then it is no check that counts. */
const ofLooks = ['min', 'max', 'maxRatio', 'maxDifference', 'window', 'failAfter'] as const;
const ofCounts = ['margin', 'limit', 'enough'] as const;

/** Whether a preset as the plan changes it counts; settings of both sorts are a problem. */
export function countsAs(preset: Preset, entry: Mapping, path: string, report: Report): boolean {
  const given = (key: string) => ownValue(entry, key) !== undefined;
  const looks = ofLooks.filter(given);
  const counts = ofCounts.filter(given);
  if (preset.counts === undefined) {
    for (const key of counts) {
      const message = `does not belong to ${preset.name}, which is no share of counted requests`;
      report.problems.push({ path: joinPath(path, key), message });
    }
    return false;
  }
  if (looks.length > 0 && counts.length > 0) {
    const message = `takes ${ofCounts.join(', ')}, to be judged by all looks together, or ${looks.join(', ')}, to be judged by single looks; write two checks for both`;
    report.problems.push({ path, message });
  }
  return looks.length === 0;
}

/** What the preset and the plan's changes to it make. */
export function countsOf(
  { counters, shows, guard, margin: usual }: NonNullable<Preset['counts']>,
  name: string,
  fields: Changes & { readonly onNoData?: CountsCheck['onNoData'] | undefined },
): CountsCheck {
  const { margin, limit, enough } = fields;
  const always: Guard | null = limit === undefined ? guard : { limit: limit / 100, when: 'always' };
  // The whole of it until the stages are known, between which it is shared.
  const alpha = 1 - countsDefaults.confidence;
  return {
    kind: 'counts',
    name,
    unit: '%',
    counters,
    shows,
    minSamples: fields.minSamples ?? defaults.minSamples,
    margin: {
      ratio: margin?.ratio ?? usual?.ratio ?? countsDefaults.marginRatio,
      difference: (margin?.difference ?? countsDefaults.marginDifference) / 100,
    },
    guard: always,
    enough: { ratio: 1, difference: (enough ?? countsDefaults.enough) / 100 },
    alpha,
    rollbackAlpha: alpha,
    onNoData: fields.onNoData ?? defaults.onNoData,
    failure: { consecutive: 1, kOfN: null },
    maxConsecutiveErrors: fields.maxConsecutiveErrors ?? defaults.maxConsecutiveErrors,
  };
}

/** Undefined when there is a problem. */
export function readCounts(entry: Mapping, path: string, report: Report): CountsCheck | undefined {
  const before = report.problems.length;
  const fields = readFields(countsFields, ['preset'], entry, path, report);
  for (const key of ['bad', 'good', 'total'] as const) {
    const query = fields[key];
    if (query === undefined) continue;
    for (const message of templateProblems(query))
      report.problems.push({ path: joinPath(path, key), message });
  }
  const { name, bad, good, total } = fields;
  if ((ownValue(entry, 'bad') === undefined) === (ownValue(entry, 'good') === undefined)) {
    report.problems.push({ path, message: 'a counts check needs either bad or good' });
  }
  const part = bad ?? good;
  if (report.problems.length > before) return undefined;
  if (name === undefined || part === undefined || total === undefined) return undefined;
  const counters = { part, partIs: bad === undefined ? 'good' : 'bad', total } as const;
  return countsOf({ counters, shows: 'bad', guard: null }, name, fields);
}
