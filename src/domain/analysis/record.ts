/** What a check accumulates over a stage, and what follows from it while the stage soaks and at its end. */

import { isSettled, isSure } from './counts-verdict.ts';
import { spoken } from './format.ts';
import { holdsOnFailure, isEvidence } from './kinds.ts';
import type { CheckConfig, CheckRecord, CheckStanding, Verdict } from './types.ts';

/** Adds one look. Errors and missing data neither count as failures nor forgive any. */
export function observe(record: CheckRecord | null, seen: Verdict, config: CheckConfig): CheckRecord {
  const before = record ?? emptyRecord(config.name);
  // Of the evidence there is one copy, the latest.
  const { evidence = before.evidence, ...verdict } = seen;
  const { kind } = verdict;
  const conclusive = kind === 'pass' || kind === 'fail';
  return {
    name: before.name,
    looks: before.looks + 1,
    passes: before.passes + (kind === 'pass' ? 1 : 0),
    failures: before.failures + (kind === 'fail' ? 1 : 0),
    noData: before.noData + (kind === 'no-data' ? 1 : 0),
    errors: before.errors + (kind === 'error' ? 1 : 0),
    consecutiveFailures: nextRun(before.consecutiveFailures, kind),
    consecutiveErrors: kind === 'error' ? before.consecutiveErrors + 1 : 0,
    failingSinceMs: failingSince(before.failingSinceMs, verdict),
    recent: conclusive ? [...before.recent, kind === 'fail'].slice(-kept(config)) : before.recent,
    answer: kind === 'error' ? before.answer : kind,
    last: verdict,
    worst: kind === 'fail' ? worseOf(config, before.worst, verdict) : before.worst,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/**
 * `failed` as soon as a failure limit is reached; `passed` when there is a pass and the latest answer is one. A few
 * errors in a row leave that answer standing; `maxConsecutiveErrors` of them do not.
 */
export function standing(record: CheckRecord | null, config: CheckConfig): CheckStanding {
  if (record === null) return 'open';
  if (limitReached(record, config) !== null) return 'failed';
  return record.passes > 0 && answerOf(record, config) === 'pass' ? 'passed' : 'open';
}

interface Failure {
  readonly check: string;
  readonly reason: string;
}

/** The first check, in the plan's order, whose failure limit is reached and takes the canary back; null: none. */
export function firstFailure(
  records: readonly CheckRecord[],
  checks: readonly CheckConfig[],
): Failure | null {
  return firstAtLimit(
    records,
    checks.filter((config) => !holds(config, records)),
  );
}

/** The first check whose failure limit is reached and holds the stage; null: none, or it has recovered. */
export function firstObstacle(
  records: readonly CheckRecord[],
  checks: readonly CheckConfig[],
): Failure | null {
  return firstAtLimit(
    records,
    checks.filter((config) => holds(config, records)),
  );
}

/** A failure that is not sure enough for a rollback without a person's word holds the stage, too. */
function holds(config: CheckConfig, records: readonly CheckRecord[]): boolean {
  if (config.kind !== 'counts') return holdsOnFailure(config);
  return !isSure(config, recordOf(records, config)?.evidence);
}

/**
 * Whether more soaking would tell nothing: every check that can know so does, and the others have passed. False without
 * any check that can.
 */
export function settled(records: readonly CheckRecord[], checks: readonly CheckConfig[]): boolean {
  const known = checks.filter((config) => config.kind === 'counts');
  const enough = known.every((config) => isSettled(config, recordOf(records, config)?.evidence));
  return known.length > 0 && enough && conclude(records, checks).kind === 'passed';
}

function firstAtLimit(records: readonly CheckRecord[], checks: readonly CheckConfig[]): Failure | null {
  for (const config of checks) {
    const record = recordOf(records, config);
    const limit = record === null ? null : limitReached(record, config);
    if (record !== null && limit !== null)
      return { check: config.name, reason: failureReason(record, limit) };
  }
  return null;
}

type Conclusion =
  | { readonly kind: 'passed' }
  | ({ readonly kind: 'failed' } & Failure)
  | { readonly kind: 'open'; readonly reason: string };

/** What a stage's evidence says once its soak is over. At least one check must really have passed. */
export function conclude(records: readonly CheckRecord[], checks: readonly CheckConfig[]): Conclusion {
  const failure = firstFailure(records, checks);
  if (failure !== null) return { kind: 'failed', ...failure };
  const ends = checks.map((config) => endOf(recordOf(records, config), config));
  const failed = ends.find((end) => end.kind === 'failed');
  if (failed !== undefined) return failed;
  const open = ends.flatMap((end) => (end.kind === 'open' ? [end.reason] : []));
  if (open.length > 0) return { kind: 'open', reason: open.join('; ') };
  if (ends.some((end) => end.kind === 'passed')) return { kind: 'passed' };
  return { kind: 'open', reason: 'no check has passed, and missing data is no evidence' };
}

type CheckEnd = Conclusion | { readonly kind: 'waived' };

function endOf(record: CheckRecord | null, config: CheckConfig): CheckEnd {
  if (standing(record, config) === 'passed') return { kind: isEvidence(config) ? 'passed' : 'waived' };
  const name = spoken(config.name);
  if (record !== null && answerOf(record, config) === 'fail') {
    return { kind: 'open', reason: `the latest answer is a failure: ${tellingReason(record)}` };
  }
  const reason = `${name} has no conclusive data at the end of the soak${lastWords(record)}`;
  if (config.onNoData === 'pass') return { kind: 'waived' };
  if (config.onNoData === 'fail') return { kind: 'failed', check: config.name, reason };
  return { kind: 'open', reason };
}

/** The latest answer, as long as not too many errors came after it. */
function answerOf(record: CheckRecord, config: CheckConfig): CheckRecord['answer'] {
  const { consecutiveErrors } = record;
  const overBudget = consecutiveErrors > 0 && consecutiveErrors >= config.maxConsecutiveErrors;
  return overBudget ? 'no-data' : record.answer;
}

/** Which failure limit is reached, in words; null: none. */
function limitReached(record: CheckRecord, config: CheckConfig): string | null {
  const { consecutive, kOfN } = config.failure;
  if (record.consecutiveFailures >= Math.max(1, consecutive)) {
    return record.consecutiveFailures === 1 ? '' : `failed ${record.consecutiveFailures} looks in a row: `;
  }
  const failed = record.recent.filter((look) => look).length;
  if (kOfN === null || failed < Math.max(1, kOfN.failures)) return null;
  return `failed ${failed} of the last ${record.recent.length} looks: `;
}

function failureReason(record: CheckRecord, limit: string): string {
  return `${limit}${tellingReason(record)}`;
}

/** The latest failing look, or the worst one when something else came after it. */
function tellingReason(record: CheckRecord): string {
  const telling = record.last?.kind === 'fail' ? record.last : record.worst;
  return telling?.reason ?? `${spoken(record.name)} failed`;
}

function failingSince(sinceMs: number | null, { kind, atMs }: Verdict): number | null {
  if (kind === 'fail') return sinceMs ?? atMs;
  return kind === 'pass' ? null : sinceMs;
}

function nextRun(run: number, kind: Verdict['kind']): number {
  if (kind === 'fail') return run + 1;
  return kind === 'pass' ? 0 : run;
}

function kept(config: CheckConfig): number {
  return Math.max(1, config.failure.kOfN?.of ?? 1);
}

function worseOf(config: CheckConfig, known: Verdict | null, found: Verdict): Verdict {
  return known === null || badness(config, found) > badness(config, known) ? found : known;
}

/** How far a failing look lies beyond its bound, in the unit of the value. */
function badness(config: CheckConfig, verdict: Verdict): number {
  const canary = verdict.canary ?? 0;
  if (config.kind === 'threshold')
    return Math.max(canary - (config.max ?? canary), (config.min ?? canary) - canary);
  if (config.kind === 'counts') return config.shows === 'bad' ? canary : -canary;
  if (!('worse' in config)) return config.kind === 'composite' ? -canary : canary;
  const difference = canary - (verdict.stable ?? 0);
  if (config.worse === 'either') return Math.abs(difference);
  return config.worse === 'higher' ? difference : -difference;
}

function lastWords(record: CheckRecord | null): string {
  return record?.last == null ? ': it was never looked at' : `: ${record.last.reason}`;
}

function recordOf(records: readonly CheckRecord[], config: CheckConfig): CheckRecord | null {
  return records.find((record) => record.name === config.name) ?? null;
}

function emptyRecord(name: string): CheckRecord {
  return {
    name,
    looks: 0,
    passes: 0,
    failures: 0,
    noData: 0,
    errors: 0,
    consecutiveFailures: 0,
    consecutiveErrors: 0,
    failingSinceMs: null,
    recent: [],
    answer: null,
    last: null,
    worst: null,
  };
}
