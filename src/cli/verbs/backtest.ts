/**
 * `sluice backtest`: what a plan's checks would have said of a time that is over, and what the rollout would have done.
 */
import { type Command, InvalidArgumentError } from 'commander';
import { type Backtest, problemTypeOf } from '../../api/contract.ts';
import { backtestPage } from '../../backtest/chart.ts';
import { formatDuration } from '../../domain/duration.ts';
import { SluiceError } from '../../domain/errors.ts';
import { CliError } from '../cli-error.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { notWritten } from '../file-error.ts';
import type { Io } from '../io.ts';
import { type Override, readPlanFile, setOption } from '../plan-file.ts';
import { stamp, table, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, type Run, verb } from '../verb.ts';
import { parseWhen } from '../when.ts';

type When = (nowMs: number) => number;

interface BacktestOptions extends CommonOptions {
  readonly plan: string;
  readonly set: readonly Override[];
  readonly stable: string;
  readonly canary?: string;
  readonly from: When;
  /** Default: now. */
  readonly to?: When;
  readonly stage?: number;
  readonly share?: number;
  readonly out?: string;
  readonly prometheus?: string;
}

/** Somewhat longer than the API works at one. */
const answerWithinMs = 270_000;

async function runBacktestVerb(options: BacktestOptions, io: Io): Promise<number> {
  const { value, raw } = await answerOf(options, io);
  if (options.out !== undefined) await writePage(options.out, value, io);
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, linesOf(value, options.out));
  return exitCodes.ok;
}

async function writePage(file: string, found: Backtest, io: Io): Promise<void> {
  await io.writeText(file, backtestPage(found)).catch((error: unknown) => {
    throw notWritten('The page', file, error);
  });
}

async function answerOf(options: BacktestOptions, io: Io): Promise<{ value: Backtest; raw: unknown }> {
  const { stable, canary, stage, share } = options;
  const plan = await readPlanFile(options.plan, options.set, io);
  const nowMs = io.now();
  const time = { fromMs: options.from(nowMs), toMs: options.to?.(nowMs) ?? nowMs };
  if (options.prometheus === undefined) {
    const optional = {
      ...(canary === undefined ? {} : { canary }),
      ...(stage === undefined ? {} : { stage }),
      ...(share === undefined ? {} : { share }),
    };
    const body = { plan, stable, ...time, ...optional };
    return await clientOf(options, io).ask('runBacktest', { body }, { withinMs: answerWithinMs });
  }
  const request = { plan, stableVersion: stable, canary: canary ?? null, stage: stage ?? null, ...time };
  const own = { ...request, sharePercent: share ?? null, prometheusUrl: options.prometheus };
  // It loads the clients of metrics sources, which would make every other verb slow to start.
  const { backtestLocally } = await import('../../backtest/local.ts');
  const value = await backtestLocally(own, io.interrupted()).catch((error: unknown) => {
    throw error instanceof SluiceError ? refused(error) : error;
  });
  return { value, raw: value };
}

function refused({ code, message, advice, problems, status }: SluiceError): CliError {
  const type = problemTypeOf(code);
  return new CliError(exitCodeOf(status), {
    type,
    code,
    status,
    detail: message,
    advice,
    problems: [...problems],
  });
}

function linesOf(found: Backtest, out: string | undefined): string[] {
  const { target, canary, stable, fromMs, outcome, stages, notes } = found;
  const after = (atMs: number) => formatDuration(Math.round((atMs - fromMs) / 1000) * 1000);
  const header = ['STAGE', 'CHECK', 'PASS', 'FAIL', 'NO DATA', 'ERROR', 'FIRST FAILED', 'LAST SAID'];
  const rows = stages.flatMap((stage) =>
    stage.checks.map(({ name, looks, firstFailureMs, last }) => [
      stage.name,
      name,
      ...[looks.pass, looks.fail, looks['no-data'], looks.error].map(String),
      firstFailureMs === null ? '-' : `after ${after(firstFailureMs)}`,
      last?.reason ?? '-',
    ]),
  );
  return [
    `${target}: ${canary} beside ${stable}, from ${stamp(fromMs)} UTC`,
    ...stages.map(
      ({ name, toMs, ending, looks }) =>
        `  stage ${name}: ${ending ?? 'under way'} after ${after(toMs)}, ${looks} looks`,
    ),
    '',
    ...(rows.length === 0 ? [] : [...table(header, rows), '']),
    `would have been ${outcome.kind} after ${after(outcome.atMs)} (${stamp(outcome.atMs)} UTC): ${outcome.reason}`,
    ...notes.map((note) => `note: ${note}`),
    ...(out === undefined ? [] : [`chart: ${out}`]),
  ];
}

function parseStage(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give the number of a stage; the first is 1.');
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 100) return share;
  throw new InvalidArgumentError('Give percent, 0 to 100.');
}

export function backtestCommand(act: Act, run: Run<BacktestOptions> = runBacktestVerb): Command {
  return verb('backtest', "run a plan's checks over history and show what would have happened when")
    .argument('<plan>', 'a plan in YAML or JSON; - reads standard input')
    .requiredOption('--stable <version>', 'the version to compare with')
    .option('--canary <version>', "the version to judge (default: the plan's)")
    .requiredOption('--from <time>', 'when it begins: -2h, 1700000000, 2026-11-21T10:00:00Z', parseWhen)
    .option('--to <time>', 'where history ends (default: now)', parseWhen)
    .option('--stage <number>', 'only this stage; the first is 1', parseStage)
    .option('--share <percent>', "the canary's share then, if not that of the stages", parseShare)
    .option('--out <file>', 'write a page with charts')
    .option('--prometheus <url>', 'ask this Prometheus from here, without an API')
    .addOption(setOption())
    .action((plan: string, flags: Omit<BacktestOptions, 'plan'>) =>
      act(flags, (io) => run({ ...flags, plan }, io)),
    );
}
