/** `sluice validate`: every problem and warning of a plan at once. */
import type { Command } from 'commander';
import type { Validation } from '../../api/contract.ts';
import { problemLine } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type Override, readPlanFile, setOption } from '../plan-file.ts';
import { warningLines, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, type Run, verb } from '../verb.ts';

interface ValidateOptions extends CommonOptions {
  readonly plan: string;
  readonly set: readonly Override[];
  /** Warnings refuse as well. */
  readonly strict?: boolean;
}

export async function runValidate(options: ValidateOptions, io: Io): Promise<number> {
  const plan = await readPlanFile(options.plan, options.set, io);
  const body = { plan, ...(options.strict ? { strict: true } : {}) };
  const { value, raw } = await clientOf(options, io).ask('validatePlan', { body });
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, linesOf(value, options.plan));
  return value.ok ? exitCodes.ok : exitCodes.badInput;
}

function linesOf({ ok, problems, warnings, recommendations }: Validation, file: string): string[] {
  const count = problems.length;
  const name = file === '-' ? 'the plan' : file;
  const verdict = ok ? `${name} is valid` : `${name} has ${count} problem${count === 1 ? '' : 's'}`;
  const better = recommendations.map((one) => `better:${problemLine(one).slice(1)}`);
  return [verdict, ...problems.map(problemLine), ...warningLines(warnings), ...better];
}

export function validateCommand(act: Act, run: Run<ValidateOptions> = runValidate): Command {
  return verb(
    'validate',
    "check a plan, also against the operator's policies, and show every problem at once",
  )
    .alias('lint')
    .option('--strict', 'warnings are problems')
    .argument('<plan>', 'a plan in YAML or JSON; - reads standard input')
    .addOption(setOption())
    .action((plan: string, flags: Omit<ValidateOptions, 'plan'>) =>
      act(flags, (io) => run({ ...flags, plan }, io)),
    );
}
