/** One check of a plan, from a preset with changes or from scratch. */
import { type Preset, presetWith, resolvePreset } from '../../analysis/presets.ts';
import { templateProblems } from '../../analysis/template.ts';
import type { CheckConfig, CheckQuery } from '../../analysis/types.ts';
import { defaults } from '../defaults.ts';
import { customFields, presetFields } from './check-schema.ts';
import { countsAs, countsOf } from './counts-entry.ts';
import { judgingOf, limitsOf } from './judging.ts';
import { joinPath } from './problems.ts';
import { type Mapping, ownValue, type Report, readFields } from './read.ts';

/**
 * A preset with the changes that the plan makes; undefined when there is a problem. `byLook`: each look is judged by
 * itself, also of a preset that else counts.
 */
export function readPreset(
  preset: Preset,
  entry: Mapping,
  path: string,
  windowMs: number,
  byLook: boolean,
  report: Report,
): CheckConfig | undefined {
  const before = report.problems.length;
  const fields = readFields(presetFields, [], entry, path, report);
  refuseBadQuery(fields.selector, joinPath(path, 'selector'), report);
  const picked = presetWith(preset.name, fields) ?? preset;
  if (fields.histogram !== undefined && !isOfHistogram(preset)) {
    const message = `does not belong to ${preset.name}, which reads no histogram`;
    report.problems.push({ path: joinPath(path, 'histogram'), message });
  }
  if (countsAs(picked, entry, path, report) && picked.counts !== undefined && !byLook) {
    if (report.problems.length > before) return undefined;
    return countsOf(picked.counts, fields.name ?? preset.check, fields);
  }
  const limits = resolvePreset(preset, limitsOf(fields));
  if (limits.kind === 'problem') report.problems.push({ path, message: limits.message });
  refuseEmptyRange(fields, path, report);
  const base = judgingOf(fields, picked, path, windowMs, report);
  if (limits.kind === 'problem' || report.problems.length > before) return undefined;
  return { ...base, ...limits, name: fields.name ?? preset.check, unit: preset.unit };
}

function isOfHistogram({ counts }: Preset): boolean {
  return counts?.counters.boundFrom !== undefined;
}

/** A check from scratch; undefined when there is a problem. */
export function readCustom(
  entry: Mapping,
  path: string,
  windowMs: number,
  report: Report,
): CheckConfig | undefined {
  const before = report.problems.length;
  const fields = readFields(customFields, ['preset'], entry, path, report);
  if (ownValue(entry, 'name') === undefined) {
    report.problems.push({ path: joinPath(path, 'name'), message: 'is required' });
  }
  const query: CheckQuery = { value: fields.query ?? '', samples: fields.samples ?? null };
  refuseBadQuery(fields.query, joinPath(path, 'query'), report);
  refuseBadQuery(fields.samples, joinPath(path, 'samples'), report);
  refuseEmptyRange(fields, path, report);
  refuseWrongLimits(fields.kind, entry, path, report);
  const base = judgingOf(fields, { query, onNoData: defaults.onNoData }, path, windowMs, report);
  if (report.problems.length > before || fields.kind === undefined) return undefined;
  const named = { ...base, name: fields.name ?? '', unit: fields.unit ?? '' };
  const { min, max, maxRatio, maxDifference } = limitsOf(fields);
  return fields.kind === 'threshold'
    ? { ...named, kind: 'threshold', min, max }
    : { ...named, kind: 'baseline', worse: fields.worse ?? 'higher', maxRatio, maxDifference };
}

function refuseBadQuery(query: string | undefined, path: string, report: Report): void {
  if (query === undefined) return;
  for (const message of templateProblems(query)) report.problems.push({ path, message });
}

function refuseEmptyRange(
  { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined },
  path: string,
  report: Report,
): void {
  if (min === undefined || max === undefined || min <= max) return;
  const message = `must be at most max, which is ${max}, or no value can ever pass`;
  report.problems.push({ path: joinPath(path, 'min'), message });
}

/** Each kind has limits of its own, and needs at least one. */
function refuseWrongLimits(
  kind: CheckConfig['kind'] | undefined,
  entry: Mapping,
  path: string,
  report: Report,
): void {
  if (kind === undefined) return;
  const given = (key: string) => ownValue(entry, key) !== undefined;
  const absolute = ['min', 'max'] as const;
  const relative = ['maxRatio', 'maxDifference'] as const;
  const [own, foreign] = kind === 'threshold' ? [absolute, relative] : [relative, absolute];
  const wrong = kind === 'threshold' ? [...foreign, 'worse' as const] : foreign;
  for (const key of wrong.filter(given)) {
    const message = `does not belong to a ${kind} check; it takes ${own.join(' and ')}`;
    report.problems.push({ path: joinPath(path, key), message });
  }
  if (!own.some(given)) {
    report.problems.push({ path, message: `a ${kind} check needs ${own.join(' or ')}` });
  }
  if (kind === 'baseline' && !given('worse')) {
    const message = 'is required; allowed: higher, lower';
    report.problems.push({ path: joinPath(path, 'worse'), message });
  }
}
