/** Reads the stages of a plan, each with its own checks or those of the whole plan. */
import { isEvidence } from '../../analysis/kinds.ts';
import { placeholdersIn } from '../../analysis/template.ts';
import type { CheckConfig } from '../../analysis/types.ts';
import { formatDuration } from '../../duration.ts';
import type { HeaderMatch, Stage } from '../types.ts';
import { type CheckContext, readChecks } from './checks.ts';
import { secondMs } from './duration-schema.ts';
import { readGates } from './gates.ts';
import { joinPath, shown } from './problems.ts';
import type { PlanCatalogue } from './providers.ts';
import { isMapping, ownValue, type Read, type Report, readFields, readList } from './read.ts';
import { soakRange, stageFields } from './schema.ts';

/** The checks of the whole plan: read, missing, or read with problems that are already told. */
export type PlanChecks = readonly CheckConfig[] | 'missing' | 'broken';

type StageContext = CheckContext & { readonly catalogue: PlanCatalogue };

/** Undefined when any stage has a problem; all problems are in the report then. */
export function readStages(
  input: unknown,
  most: number,
  planChecks: PlanChecks,
  context: StageContext,
  report: Report,
): readonly Stage[] | undefined {
  const list = readList(input, most, 'stages', report);
  if (list === undefined || list.length === 0) {
    if (list !== undefined) report.problems.push({ path: 'stages', message: 'must have at least one stage' });
    else if (input === undefined) report.problems.push({ path: 'stages', message: 'is required' });
    return undefined;
  }
  const before = report.problems.length;
  refuseUnchecked(list, planChecks, report);
  refuseFallingWeights(list, report);
  const stages = list.map((entry, at) =>
    readStage(entry, joinPath('stages', at), planChecks, context, report),
  );
  return report.problems.length === before && stages.every((stage) => stage !== undefined)
    ? stages
    : undefined;
}

function readStage(
  entry: unknown,
  path: string,
  planChecks: PlanChecks,
  context: StageContext,
  report: Report,
): Stage | undefined {
  if (!isMapping(entry)) {
    report.problems.push({ path, message: `must be a mapping, not ${shown(entry)}` });
    return undefined;
  }
  const range = readSoak(ownValue(entry, 'soak'), joinPath(path, 'soak'), report);
  const flat = range === undefined ? entry : { ...entry, soak: formatDuration(range.maxMs) };
  const fields = readFields(stageFields, ['checks', 'gates'], flat, path, report);
  refuseWeightless(entry, path, report);
  refuseShortTimeout(fields, path, report);
  refuseUnasked(fields, path, report);
  const gates = readGates(ownValue(entry, 'gates'), joinPath(path, 'gates'), context.catalogue, report);
  const own = ownValue(entry, 'checks');
  const checks = own === undefined ? planChecks : readChecks(own, joinPath(path, 'checks'), context, report);
  if (own !== undefined && checks !== undefined) refuseIneffective(checks, joinPath(path, 'checks'), report);
  if (checks === undefined || typeof checks === 'string') return undefined;
  const weightPercent = (fields.weight ?? 0) + 0;
  const asked = askedWhereTheyCan(checks, weightPercent);
  if (asked !== checks) refuseIneffective(asked, path, report);
  const match = fields.match === undefined ? null : lowerCased(fields.match);
  return {
    name: fields.name ?? stageName(weightPercent, match),
    weightPercent,
    match,
    soakMs: fields.soak ?? 0,
    ...(range === undefined ? {} : { minSoakMs: range.minMs }),
    warmUpMs: fields.warmUp ?? 0,
    checks: asked,
    approval: fields.approval ?? false,
    ...(fields.notAuthor === true ? { notAuthor: true } : {}),
    timeoutMs: fields.timeout ?? null,
    ...(gates === undefined ? {} : { gates }),
    ...(fields.onFailure === undefined ? {} : { onFailure: fields.onFailure }),
    ...(fields.irreversible === true ? { irreversible: true } : {}),
  };
}

/** A soak with a min and a max; undefined: one of a fixed length, read with the other fields. */
function readSoak(
  input: unknown,
  path: string,
  report: Report,
): { readonly minMs: number; readonly maxMs: number } | undefined {
  if (!isMapping(input)) return undefined;
  const { min = secondMs, max = min } = readFields(soakRange, [], input, path, report);
  if (min > max) {
    const message = `must be at most max, which is ${formatDuration(max)}`;
    report.problems.push({ path: joinPath(path, 'min'), message });
  }
  return { minMs: min, maxMs: max };
}

/** A list of checks without one that can fail for want of data is no judgement at all. */
export function refuseIneffective(checks: PlanChecks | undefined, path: string, report: Report): void {
  if (checks === undefined || typeof checks === 'string') return;
  if (checks.length === 0) {
    report.problems.push({ path, message: 'needs at least one check, or the canary is never judged' });
  } else if (checks.every(({ onNoData }) => onNoData === 'pass')) {
    const message =
      'has no effective check: with onNoData pass on each, a canary that nobody measured would pass';
    report.problems.push({ path, message });
  } else if (!checks.some((check) => isEvidence(check) && check.onNoData !== 'pass')) {
    const message =
      'has no effective check: none of these looks at the canary itself, and what both versions share, or that no alert fires, says nothing of it';
    report.problems.push({ path, message });
  }
}

/**
 * Throughput cannot be compared where one arm is to have all of the traffic or none, and that must not hold the stage.
 * After a promotion the canary has all of it, too; there nothing waits for a conclusion.
 */
function askedWhereTheyCan(checks: readonly CheckConfig[], weightPercent: number): readonly CheckConfig[] {
  if (weightPercent > 0 && weightPercent < 100) return checks;
  return checks.map((check) => (needsShare(check) ? { ...check, onNoData: 'pass' } : check));
}

function needsShare(check: CheckConfig): boolean {
  return 'query' in check && placeholdersIn(check.query.value).includes('share');
}

/** One problem for the plan, however many stages are concerned. */
function refuseUnchecked(list: readonly unknown[], planChecks: PlanChecks, report: Report): void {
  if (planChecks !== 'missing') return;
  const without = [...list.entries()].filter(
    ([, entry]) => isMapping(entry) && ownValue(entry, 'checks') === undefined,
  );
  if (without.length === 0) return;
  const [first] = without.map(([at]) => joinPath('stages', at));
  const message = `is required, since ${first} has no checks of its own; for example [success-rate, latency-p95]`;
  report.problems.push({ path: 'checks', message });
}

function refuseWeightless(entry: Readonly<Record<string, unknown>>, path: string, report: Report): void {
  const weight = ownValue(entry, 'weight');
  if (ownValue(entry, 'match') !== undefined || (weight !== undefined && weight !== 0)) return;
  const message = weight === 0 ? 'a stage of weight 0 needs a match' : 'a stage needs a weight or a match';
  report.problems.push({ path, message });
}

function refuseShortTimeout(fields: Read<typeof stageFields>, path: string, report: Report): void {
  const { timeout, soak, warmUp } = fields;
  if (timeout === undefined || soak === undefined || warmUp === undefined || timeout > soak + warmUp) return;
  const planned = formatDuration(soak + warmUp);
  const message = `must be longer than the stage itself, whose warm-up and soak take ${planned}`;
  report.problems.push({ path: joinPath(path, 'timeout'), message });
}

function refuseUnasked(
  { approval, notAuthor }: Read<typeof stageFields>,
  path: string,
  report: Report,
): void {
  if (notAuthor !== true || approval === true) return;
  const message = 'says who may not approve, and nobody is asked; write approval: true beside it';
  report.problems.push({ path: joinPath(path, 'notAuthor'), message });
}

/** A canary that gives users back is on its way out, not forward. */
function refuseFallingWeights(list: readonly unknown[], report: Report): void {
  let highest = 0;
  for (const [at, entry] of list.entries()) {
    if (!isMapping(entry)) continue;
    const weight = ownValue(entry, 'weight') ?? (ownValue(entry, 'match') === undefined ? undefined : 0);
    if (typeof weight !== 'number') continue;
    if (weight < highest) {
      const message = `must not go down: an earlier stage has ${highest}, so write at least that`;
      report.problems.push({ path: joinPath(joinPath('stages', at), 'weight'), message });
    }
    if (weight <= 100) highest = Math.max(highest, weight);
  }
}

/** Header names have no case. */
function lowerCased(match: HeaderMatch): HeaderMatch {
  return { header: match.header.toLowerCase(), value: match.value };
}

function stageName(weightPercent: number, match: HeaderMatch | null): string {
  if (match === null) return `${weightPercent}%`;
  return weightPercent === 0 ? 'internal users' : `${weightPercent}% and internal users`;
}
