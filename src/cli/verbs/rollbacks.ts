/** `sluice rollbacks`: what was rolled back, when and why, and how fast it was. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RollbackEntry, RollbackPage } from '../../api/contract.ts';
import { formatMeasured, parseDuration } from '../../domain/duration.ts';
import { rollbackTriggers } from '../../domain/rollout/back-types.ts';
import type { RollbackStatistics, Times } from '../../domain/rollout/rollback-statistics.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { moreLines, stamp, table, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, parseLimit, type Run, verb } from '../verb.ts';

interface RollbacksOptions extends CommonOptions {
  readonly environment?: string;
  readonly service?: string;
  readonly since?: string;
  readonly trigger?: string;
  readonly requestsPerUser?: number;
  readonly limit: number;
  readonly cursor?: string;
}

async function runRollbacks(options: RollbacksOptions, io: Io): Promise<number> {
  const { environment, service, since, trigger, requestsPerUser, limit, cursor } = options;
  const filters = { environment, service, since, trigger, requestsPerUser };
  const { value, raw } = await clientOf(options, io).ask('listRollbacks', { ...filters, limit, cursor });
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const header = [
    'DECIDED (UTC)',
    'TARGET',
    'VERSION',
    'TRIGGER',
    'DETECTED',
    'RESTORED',
    'REQUESTS',
    'REASON',
  ];
  if (value.rollbacks.length === 0) writeLines(io.out, ['no rollbacks']);
  else writeLines(io.out, [...table(header, value.rollbacks.map(rowOf)), '', ...summaryOf(value.statistics)]);
  writeLines(io.err, notesOf(value));
  return exitCodes.ok;
}

/** Longer reasons are in `sluice status` and `--json`. */
const shownReason = 60;

function rowOf({ record }: RollbackEntry): string[] {
  const { decidedAtMs, target, version, trigger, decideMs, restoreMs, canaryRequests, reason } = record;
  return [
    stamp(decidedAtMs),
    target,
    version,
    trigger,
    decideMs === null ? '-' : formatMeasured(decideMs),
    restoreMs === null ? 'not yet' : formatMeasured(restoreMs),
    canaryRequests === null ? '?' : String(canaryRequests),
    reason.length > shownReason ? `${reason.slice(0, shownReason)}…` : reason,
  ];
}

function summaryOf(statistics: RollbackStatistics): string[] {
  const {
    count,
    withoutTraffic,
    byTrigger,
    inTime,
    late,
    pending,
    success,
    decide,
    restore,
    mttdMs,
    mttrMs,
  } = statistics;
  const causes = Object.entries(byTrigger).map(([trigger, number]) => `${trigger} ${number}`);
  const share = success === null ? '' : ` (${(success * 100).toFixed(1)} %)`;
  return [
    [`${count} in all`, ...(causes.length === 0 ? [] : [causes.join(', ')])].join(': '),
    ...(withoutTraffic === 0 ? [] : [`not counted: ${withoutTraffic} whose canary never had traffic`]),
    `restored in time: ${inTime} of ${inTime + late}${share}${pending > 0 ? `, ${pending} under way` : ''}`,
    `from decision to restored: ${timesText(restore)}`,
    `from first bad look to decision: ${timesText(decide)}`,
    `MTTD ${durationText(mttdMs)}, MTTR ${durationText(mttrMs)}`,
    `the canaries served ${impactText(statistics)}`,
  ];
}

function timesText({ n, p50, p95 }: Times): string {
  return n === 0 ? 'not known' : `p50 ${durationText(p50)}, p95 ${durationText(p95)} (n ${n})`;
}

function durationText(ms: number | null): string {
  return ms === null ? 'not known' : formatMeasured(ms);
}

function impactText({ canaryRequests, requestsKnownOf, count, estimatedUsers }: RollbackStatistics): string {
  if (canaryRequests === null) return 'requests that nobody counted';
  const known = requestsKnownOf < count ? ` (counted in ${requestsKnownOf} of ${count})` : '';
  const users = estimatedUsers === null ? '' : `, of about ${estimatedUsers} users`;
  return `${canaryRequests} requests${known}${users}`;
}

function notesOf({ next, complete, unanswered, cutShort }: RollbackPage): string[] {
  return [
    ...cutShort.map(({ target, version, phase, temporalStatus, endedAtMs }) => {
      const when = endedAtMs === null ? '' : `${stamp(endedAtMs)} `;
      const where = phase === null ? '' : ` while it was ${phase}`;
      return `${when}${target} ${version ?? ''} was ended from outside (${temporalStatus})${where}: no record`;
    }),
    ...(complete
      ? []
      : ['more rollbacks fit than are looked at; the oldest are left out: narrow it by --since']),
    ...(unanswered > 0 ? [`${unanswered} rollouts gave no account of themselves`] : []),
    ...moreLines(next),
  ];
}

function parseRequests(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number > 0 && number <= 1e9) return number;
  throw new InvalidArgumentError('Give a number above 0.');
}

function parseSince(text: string): string {
  const reading = parseDuration(text);
  if (reading.ok) return text;
  throw new InvalidArgumentError(`${reading.problem}.`);
}

export function rollbacksCommand(act: Act, run: Run<RollbacksOptions> = runRollbacks): Command {
  return verb('rollbacks', 'list rollbacks, the last decision first, with statistics')
    .option('--environment <name>', 'only of this environment')
    .option('--service <name>', 'only of this service')
    .option('--since <duration>', 'only what was decided since then, such as 7d', parseSince)
    .addOption(new Option('--trigger <trigger>', 'only for this cause').choices(rollbackTriggers))
    .option(
      '--requests-per-user <n>',
      'how many requests one user makes during a canary: estimates users',
      parseRequests,
    )
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .action((flags: RollbacksOptions) => act(flags, (io) => run(flags, io)));
}
