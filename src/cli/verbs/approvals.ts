/** `sluice approvals`: what waits for a yes or a no, and of whom; `link` makes a link for somebody to answer by. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Waiting } from '../../api/contract.ts';
import { formatDuration, parseDuration } from '../../domain/duration.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { parseTarget, type Target } from '../target.ts';
import { moreLines, stamp, table, writeJson, writeLines } from '../text.ts';
import {
  type Act,
  type CommonOptions,
  clientOf,
  type KeyedOptions,
  keyOption,
  onceOf,
  pagingOptions,
  type Run,
  verb,
} from '../verb.ts';

interface ApprovalsOptions extends CommonOptions {
  readonly environment?: string;
  readonly service?: string;
  readonly person?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

async function runApprovals(options: ApprovalsOptions, io: Io): Promise<number> {
  const { environment, service, person, limit, cursor } = options;
  const filters = { environment, service, person };
  const { value, raw } = await clientOf(options, io).ask('listApprovals', { ...filters, limit, cursor });
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const header = ['TARGET', 'VERSION', 'HAS', 'WAITS FOR', 'NAME', 'QUESTION'];
  const among = value.next === null ? 'for anybody' : 'among the rollouts that were looked at';
  if (value.approvals.length === 0) writeLines(io.out, [`nothing waits ${among}`]);
  else writeLines(io.out, table(header, value.approvals.map(rowOf)));
  if (value.unanswered > 0)
    writeLines(io.err, [`${value.unanswered} rollouts gave no account of themselves`]);
  writeLines(io.err, moreLines(value.next));
  return exitCodes.ok;
}

function rowOf({ target, version, needed, counted, people, not, name, question }: Waiting): string[] {
  const but = not.length === 0 ? '' : `, not ${not.join(', ')}`;
  return [
    target,
    version,
    `${counted.length} of ${needed}`,
    `${people?.join(', ') ?? 'anybody'}${but}`,
    name,
    question,
  ];
}

interface ApprovalLinkOptions extends KeyedOptions {
  readonly target: Target;
  readonly for: string;
  readonly validFor: number;
}

async function runApprovalLink(options: ApprovalLinkOptions, io: Io): Promise<number> {
  const body = { actor: options.for, validForMs: options.validFor };
  const request = { ...options.target, body };
  const { value, raw } = await clientOf(options, io).ask('makeApprovalLink', request, onceOf(options));
  if (options.json) writeJson(io.out, raw);
  else {
    writeLines(io.out, [value.url]);
    writeLines(io.err, [
      `${value.question} Good for one answer, in the name of ${value.actor}, until ${stamp(value.untilMs)} UTC.`,
      'Whoever has this link can give that answer: send it to nobody else.',
    ]);
  }
  return exitCodes.ok;
}

function parseValidity(text: string): number {
  const reading = parseDuration(text);
  if (reading.ok && reading.ms >= 60_000 && reading.ms <= 7 * 86_400_000) return reading.ms;
  throw new InvalidArgumentError(reading.ok ? 'Give 1m to 7d.' : reading.problem);
}

export function approvalsCommand(
  act: Act,
  run: Run<ApprovalsOptions> = runApprovals,
  makeLink: Run<ApprovalLinkOptions> = runApprovalLink,
): Command {
  const day = 86_400_000;
  const link = keyOption(verb('link', 'make a link by which one person answers what is asked now, once'))
    .argument('<target>', 'environment/service', parseTarget)
    .requiredOption('--for <person>', 'in whose name the answer is given')
    .option(
      '--valid-for <duration>',
      `how long it is good (default: ${formatDuration(day)})`,
      parseValidity,
      day,
    )
    .action((target: Target, flags: Omit<ApprovalLinkOptions, 'target'>) =>
      act(flags, (io) => makeLink({ ...flags, target }, io)),
    );
  return pagingOptions(verb('approvals', 'list what waits for a yes or a no, and of whom'))
    .option('--environment <name>', 'only of this environment')
    .option('--service <name>', 'only of this service')
    .option('--person <name>', 'only what this person may answer')
    .action((flags: ApprovalsOptions) => act(flags, (io) => run(flags, io)))
    .enablePositionalOptions()
    .addCommand(link);
}
