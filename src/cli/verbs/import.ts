/** `sluice import`: Argo Rollouts and Flagger Canaries as plans, and what does not come along. */
import { Command } from 'commander';
import { findingLine } from '../../domain/import/finding.ts';
import { type ImportedPlan, type ImportResult, importPlans } from '../../domain/import/import.ts';
import { slugOf } from '../../domain/import/names.ts';
import type { SourceFile } from '../../domain/import/objects.ts';
import { badInput, problemLine } from '../cli-error.ts';
import { exitCodeHelp, exitCodes } from '../exit-codes.ts';
import { notRead, notWritten } from '../file-error.ts';
import type { Io } from '../io.ts';
import { writeJson, writeLines } from '../text.ts';
import type { Act, CommonOptions, Run } from '../verb.ts';

interface ImportOptions extends CommonOptions {
  readonly files: readonly string[];
  /** A folder. Default: standard output. */
  readonly out?: string;
  readonly environment?: string;
}

/** Plans go where pipes go; what does not come along is for people. */
async function runImport(options: ImportOptions, io: Io): Promise<number> {
  const environment = options.environment ?? null;
  if (environment !== null && slugOf(environment) !== environment) {
    throw badInput(
      `"${environment}" is no name of an environment.`,
      `Write for example ${slugOf(environment)}.`,
    );
  }
  const files: SourceFile[] = [];
  for (const name of options.files) files.push({ name, text: await textOf(name, io) });
  const result = importPlans(files, environment);
  if (result.plans.length === 0) {
    throw badInput(
      'Nothing was imported.',
      'Give files with a Rollout of Argo or a Canary of Flagger.',
      result.problems,
    );
  }
  const written = options.out === undefined ? [] : await writePlans(options.out, result.plans, io);
  if (options.json) writeJson(io.out, jsonOf(result, written));
  else tell(result, written, io);
  const isWhole = result.problems.length === 0 && result.plans.every(({ problems }) => problems.length === 0);
  return isWhole ? exitCodes.ok : exitCodes.badInput;
}

async function textOf(name: string, io: Io): Promise<string> {
  return await io.readText(name).catch((error: unknown) => {
    throw notRead('The file', name, error);
  });
}

async function writePlans(folder: string, plans: readonly ImportedPlan[], io: Io): Promise<string[]> {
  const written: string[] = [];
  await io.makeFolder(folder).catch((error: unknown) => {
    throw notWritten('The folder', folder, error);
  });
  for (const plan of plans) {
    const [service, environment] = [String(plan.document.service), String(plan.document.environment)];
    const clear = plans.filter(({ document }) => document.service === plan.document.service).length === 1;
    const name = clear ? service : `${environment}-${service}`;
    const paths = [name, ...plans.map((_, at) => `${name}-${at + 2}`)].map(
      (one) => `${folder.replace(/\/+$/, '')}/${one}.yaml`,
    );
    const file = paths.find((path) => !written.includes(path)) ?? '';
    await io.writeText(file, plan.text).catch((error: unknown) => {
      throw notWritten('The plan', file, error);
    });
    written.push(file);
  }
  return written;
}

function tell({ plans, problems }: ImportResult, written: readonly string[], io: Io): void {
  if (written.length === 0)
    writeLines(
      io.out,
      plans.map(({ text }) => text.trimEnd()).flatMap((text, at) => (at === 0 ? [text] : ['---', text])),
    );
  const lines = plans.flatMap((plan, at) => [
    `${plan.from}: ${written[at] ?? 'above'}, ${countOf(plan)}`,
    ...plan.findings.map((finding) => `  ${findingLine(finding)}`),
    ...plan.problems.map((problem) => `  to correct: ${problemLine(problem).trim()}`),
  ]);
  writeLines(io.err, [
    ...lines,
    ...problems.map((problem) => `not imported: ${problemLine(problem).trim()}`),
  ]);
}

function countOf({ findings }: ImportedPlan): string {
  const lost = findings.filter(({ kind }) => kind === 'lost').length;
  return `${lost} without counterpart, ${findings.length - lost} changed`;
}

function jsonOf({ plans, problems }: ImportResult, written: readonly string[]): unknown {
  const listed = plans.map(({ from, file, document, text, findings, problems: left }, at) => ({
    from,
    file,
    out: written[at] ?? null,
    plan: document,
    text,
    findings,
    problems: left,
  }));
  return { plans: listed, problems };
}

export function importCommand(act: Act, run: Run<ImportOptions> = runImport): Command {
  return new Command('import')
    .description('make plans of Argo Rollouts and Flagger Canaries, and list what does not come along')
    .argument('<file...>', 'YAML or JSON with the objects and what they name; - reads standard input')
    .option(
      '--out <folder>',
      'write each plan to <service>.yaml in this folder, made if it is not there (default: standard output)',
    )
    .option('--environment <name>', 'environment of the plans (default: the namespace of each object)')
    .option('--json', 'print JSON for machines')
    .addHelpText('after', exitCodeHelp('local'))
    .action((files: string[], flags: Omit<ImportOptions, 'files'>) =>
      act(flags, (io) => run({ ...flags, files }, io)),
    );
}
