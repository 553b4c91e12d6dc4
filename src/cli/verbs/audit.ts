/** `sluice audit`: who did what, the evidence, the traffic writes, and whether a replay agreed. */
import type { Command } from 'commander';
import type { Audit, AuditAction, AuditWatch, AuditWrite } from '../../api/contract.ts';
import type { Verdict } from '../../domain/analysis/types.ts';
import { isBlocked, readBackText } from '../../report/read-back.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { parseTarget, type Target } from '../target.ts';
import { stamp, storyLine, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, type Run, verb } from '../verb.ts';

interface AuditOptions extends CommonOptions {
  readonly target: Target;
  readonly run?: string;
}

async function runAudit(options: AuditOptions, io: Io): Promise<number> {
  const { target, run } = options;
  const { value, raw } = await clientOf(options, io).ask('auditRollout', { ...target, run });
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, linesOf(value));
  return value.replay.agreed ? exitCodes.ok : exitCodes.failure;
}

function linesOf(audit: Audit): string[] {
  const version = String(audit.plan?.version ?? '?');
  return [
    `${audit.target} ${version}, ${audit.temporalStatus.toLowerCase()}, run ${audit.runs.join(', ')}`,
    `from ${stamp(audit.startedAtMs)} to ${audit.endedAtMs === null ? 'now' : stamp(audit.endedAtMs)} UTC, ${audit.events} history events`,
    '',
    'who did what',
    ...audit.actions.map(actionLine),
    ...titled('what was measured', audit.watches.flatMap(watchLines)),
    ...titled('traffic', audit.writes.map(writeLine)),
    ...titled(
      'what failed',
      audit.failures.map(
        ({ atMs, activity, kind, message }) => `  ${stamp(atMs)}  ${activity} ${kind}: ${message}`,
      ),
    ),
    ...titled(
      'story',
      audit.timeline.map((entry) => `  ${storyLine(entry)}`),
    ),
    '',
    `replay: ${audit.replay.agreed ? 'agreed' : 'NOT agreed'}. ${audit.replay.detail}`,
  ];
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function actionLine({ atMs, via, name, actor, reason, identity, refused }: AuditAction): string {
  const who = actor ?? 'nobody named';
  const what = via === name ? name : `${name} by ${via}`;
  const why = reason ? `: ${reason}` : '';
  const outcome = refused ? ` [refused: ${refused}]` : '';
  return `  ${stamp(atMs)}  ${what}, ${who}${why}${outcome} (recorded by Temporal: ${identity ?? 'no identity'})`;
}

function watchLines(watch: AuditWatch): string[] {
  const { atMs, stage, name, mode, ending, reason, watchedMs, looks, checks, verdicts } = watch;
  const where = `stage ${stage === null ? '?' : stage + 1}${name ? ` "${name}"` : ''}, ${mode ?? '?'}`;
  const long = `${Math.round(watchedMs / 1000)} s, ${looks} looks`;
  // The record of a check keeps its counts; without it the last look of the check has to do.
  const counted = checks.map(
    (check) =>
      `    ${check.name}: ${check.passes} pass, ${check.failures} fail, ${check.noData} no-data, ${check.errors} error`,
  );
  const telling = checks.flatMap(({ worst, last }) => worst ?? last ?? []);
  const shown = telling.length > 0 ? telling : verdicts.slice(-3);
  return [
    `  ${stamp(atMs)}  ${where}: ${ending} after ${long}${reason ? `: ${reason}` : ''}`,
    ...counted,
    ...shown.map((verdict) => `      ${verdictText(verdict)}`),
  ];
}

function verdictText({ check, kind, reason, canary, canarySamples, stable, stableSamples }: Verdict): string {
  return `${check} ${kind}: ${reason} (canary ${value(canary)}, n ${value(canarySamples)}; stable ${value(stable)}, n ${value(stableSamples)})`;
}

function value(number: number | null): string {
  return number === null ? '-' : String(Number(number.toPrecision(6)));
}

function writeLine(write: AuditWrite): string {
  const { atMs, activity, stage, askedPercent, readBack, tookMs, attempt, failure } = write;
  const asked = askedPercent === null ? '' : ` to ${askedPercent} %`;
  const where = stage === null ? '' : ` in stage ${stage + 1}`;
  const read = readBackText(readBack);
  const proof = failure ? `failed: ${failure}` : isBlocked(readBack) ? read : `read back ${read}`;
  return `  ${stamp(atMs)}  ${activity}${asked}${where}: ${proof}, attempt ${attempt}, ${tookMs} ms`;
}

export function auditCommand(act: Act, run: Run<AuditOptions> = runAudit): Command {
  return verb('audit', 'replay a rollout’s history and print who did what, when and why')
    .argument('<target>', 'environment/service', parseTarget)
    .option('--run <id>', 'a certain run instead of the latest')
    .action((target: Target, flags: Omit<AuditOptions, 'target'>) =>
      act(flags, (io) => run({ ...flags, target }, io)),
    );
}
