/** `sluice metrics check`: what every query of a plan answers now, and why some answer nothing. */
import { Command } from 'commander';
import type { MetricsCheck, MetricsCheckQuery } from '../../api/contract.ts';
import { formatMeasured } from '../../domain/duration.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type Override, readPlanFile, setOption } from '../plan-file.ts';
import { table, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, type Run, verb } from '../verb.ts';

interface MetricsCheckOptions extends CommonOptions {
  readonly plan: string;
  readonly set: readonly Override[];
  readonly canary?: string;
  readonly stable?: string;
}

/** After so long without an answer people are told, and again each time. */
const tellEveryMs = 2_000;

async function runMetricsCheck(options: MetricsCheckOptions, io: Io): Promise<number> {
  const plan = await readPlanFile(options.plan, options.set, io);
  const { canary, stable } = options;
  const body = {
    plan,
    ...(canary === undefined ? {} : { canary }),
    ...(stable === undefined ? {} : { stable }),
  };
  const { value, raw } = await patiently(io, () => clientOf(options, io).ask('checkMetrics', { body }));
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, linesOf(value));
  return value.ok ? exitCodes.ok : exitCodes.failure;
}

async function patiently<T>(io: Io, work: () => Promise<T>): Promise<T> {
  const beganMs = io.now();
  const timer = setInterval(() => {
    writeLines(io.err, [`the metrics source has been asked for ${formatMeasured(io.now() - beganMs)} …`]);
  }, tellEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

function linesOf(answer: MetricsCheck): string[] {
  const { checks, source, canary, stable } = answer;
  if (checks.length === 0) return ['the plan has no check that asks a metrics source'];
  const header = ['CHECK', 'ARM', 'QUERY', 'ANSWER', 'SERIES', 'LABELS'];
  const rows = checks.flatMap(({ check, queries }) => queries.map((query) => rowOf(check, query)));
  const without = checks.filter(({ ok }) => !ok).map(({ check }) => check);
  return [
    `${source}, canary ${canary}, stable ${stable ?? 'not known'}`,
    '',
    ...table(header, rows),
    '',
    ...checks.flatMap(({ check, queries }) => queries.flatMap((query) => problemLines(check, query))),
    without.length === 0 ? 'every check has data' : `without data: ${without.join(', ')}`,
  ];
}

function rowOf(check: string, { arm, role, state, value, series, labels }: MetricsCheckQuery): string[] {
  const names = [...new Set(labels.flatMap((one) => Object.keys(one)))].filter((name) => name !== '__name__');
  const number = value === null ? 'histogram' : String(Number(value.toPrecision(6)));
  return [
    check,
    arm,
    role,
    state === 'data' ? number : state,
    String(series),
    names.sort().join(', ') || '-',
  ];
}

function problemLines(
  check: string,
  { arm, role, query, needed, problem, hints }: MetricsCheckQuery,
): string[] {
  if (problem === null) return [];
  const weight = needed ? '' : ' (the check can do without)';
  return [
    `${check}, ${arm}, ${role}: ${problem}${weight}`,
    `  ${query}`,
    ...hints.map(({ text }) => `  ${text}`),
    '',
  ];
}

export function metricsCommand(act: Act, run: Run<MetricsCheckOptions> = runMetricsCheck): Command {
  const check = verb('check', 'send every query of a plan once and show what comes back')
    .argument('<plan>', 'a plan in YAML or JSON; - reads standard input')
    .option('--canary <version>', "a version that stands for the canary (default: the plan's)")
    .option(
      '--stable <version>',
      'the version that is stable (default: the other one in the slots of the plan)',
    )
    .addOption(setOption())
    .action((plan: string, flags: Omit<MetricsCheckOptions, 'plan'>) =>
      act(flags, (io) => run({ ...flags, plan }, io)),
    );
  return new Command('metrics').description('the metrics that a plan is judged by').addCommand(check);
}
