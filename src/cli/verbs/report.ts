/** `sluice report`: a report of a rollout, through the API or of a bundle on disk. */
import { type Command, Option } from 'commander';
import { SluiceError } from '../../domain/errors.ts';
import { checkBundle } from '../../evidence/verify.ts';
import { type ReportFormat, type ReportKind, reportFormats, reportKinds } from '../../report/names.ts';
import { badInput } from '../cli-error.ts';
import { bundleAt, isPath, targetNamed } from '../evidence/path.ts';
import { exitCodes } from '../exit-codes.ts';
import { notWritten } from '../file-error.ts';
import type { Io } from '../io.ts';
import { writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, type Run, verb } from '../verb.ts';

interface ReportOptions extends CommonOptions {
  readonly what: string;
  readonly kind: ReportKind;
  readonly format?: ReportFormat;
  readonly run?: string;
  readonly out?: string;
}

async function runReport(options: ReportOptions, io: Io): Promise<number> {
  const { out, kind } = options;
  const format = options.format ?? (out?.endsWith('.html') ? 'html' : 'md');
  const page = isPath(options.what)
    ? await onDisk(options.what, kind, format)
    : await asked(options, format, io);
  if (out === undefined) io.out.write(page);
  else {
    await io.writeText(out, page).catch((error: unknown) => {
      throw notWritten('The report', out, error);
    });
    if (options.json) writeJson(io.out, { kind, format, out });
    else writeLines(io.out, [`${kind} report: ${out}`]);
  }
  return exitCodes.ok;
}

async function asked(options: ReportOptions, format: ReportFormat, io: Io): Promise<string> {
  const { what, kind, run } = options;
  return await clientOf(options, io).download('getReport', { ...targetNamed(what), kind, format, run });
}

async function onDisk(path: string, kind: ReportKind, format: ReportFormat): Promise<string> {
  const files = await bundleAt(path);
  const { manifest, problems } = checkBundle(files ?? new Map(), new Set());
  const [problem = 'the archive is not as it was written'] = problems;
  if (files === null || manifest === null || problems.length > 0)
    throw badInput(`${path} is not sound: ${problem}.`, 'Look at it with `sluice evidence verify`.');
  // Drawing needs half of the checks, which no other verb does.
  const { writeReport } = await import('../../report/report.ts');
  const { sourceOf } = await import('../../report/source.ts');
  const { body, sha256, signedBy } = manifest;
  const { position, collectedAtMs, missing } = body;
  try {
    const source = sourceOf(files, { position, sha256, signedBy, collectedAtMs, files: body.files, missing });
    return writeReport(source, kind, format);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    throw badInput(`${path}: ${error.message}`, error.advice);
  }
}

export function reportCommand(act: Act, run: Run<ReportOptions> = runReport): Command {
  return verb('report', 'write a report of a rollout')
    .argument('<what>', 'environment/service; or, without an API, a bundle: ./folder or an archive.tar')
    .addOption(new Option('--kind <kind>', 'what it is about').choices(reportKinds).default('deployment'))
    .addOption(
      new Option(
        '--format <format>',
        'Markdown or one HTML page (default: by the name of --out, else md)',
      ).choices(reportFormats),
    )
    .option('--run <id>', 'a certain run instead of the latest')
    .option('--out <file>', 'write it to a file')
    .action((what: string, flags: Omit<ReportOptions, 'what'>) =>
      act(flags, (io) => run({ ...flags, what }, io)),
    );
}
