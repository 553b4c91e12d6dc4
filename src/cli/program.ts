/** The whole command line: all verbs, one way to fail, one exit code. */
import { Command, CommanderError } from 'commander';
import { problemTypeOf } from '../api/contract.ts';
import { messageOf } from '../domain/errors.ts';
import { badInput, CliError, linesOf } from './cli-error.ts';
import { exitCodeHelp, exitCodes } from './exit-codes.ts';
import { type Io, isClosedPipe } from './io.ts';
import { writeJson, writeLines } from './text.ts';
import type { Act, CommonOptions } from './verb.ts';
import { approvalsCommand } from './verbs/approvals.ts';
import { auditCommand } from './verbs/audit.ts';
import { backtestCommand } from './verbs/backtest.ts';
import { ciCommand } from './verbs/ci.ts';
import { completionCommand } from './verbs/completion.ts';
import { contextCommand } from './verbs/context.ts';
import { doctorCommand } from './verbs/doctor.ts';
import { emergenciesCommand } from './verbs/emergencies.ts';
import { emergencyStopCommand } from './verbs/emergency-stop.ts';
import { evidenceCommand } from './verbs/evidence.ts';
import { guardCommand } from './verbs/guard.ts';
import { importCommand } from './verbs/import.ts';
import { incidentsCommand } from './verbs/incidents.ts';
import { listCommand } from './verbs/list.ts';
import { manCommand } from './verbs/man.ts';
import { metricsCommand } from './verbs/metrics.ts';
import { ackCommand, noticesCommand } from './verbs/notices.ts';
import { rbacCommand } from './verbs/rbac.ts';
import { reportCommand } from './verbs/report.ts';
import { rollbacksCommand } from './verbs/rollbacks.ts';
import { sessionsCommand } from './verbs/sessions.ts';
import { startCommand } from './verbs/start.ts';
import { statusCommand } from './verbs/status.ts';
import { steerCommands } from './verbs/steer.ts';
import { tokensCommand } from './verbs/tokens.ts';
import { topCommand } from './verbs/top.ts';
import { upCommand } from './verbs/up.ts';
import { validateCommand } from './verbs/validate.ts';
import { watchCommand } from './verbs/watch.ts';

/** Never throws; returns the exit code. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const common: CommonOptions = { json: asksForJson(args) };
  const act: Act = async (options, job) => {
    try {
      exitCode = await job(io);
    } catch (error) {
      exitCode = tell(error, options, io);
    }
  };
  try {
    await programOf(act, io, common).parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return tell(error, common, io);
    if (error.exitCode === 0) return exitCodes.ok;
    // Whoever names no verb has been shown all of them.
    const shown = error.code === 'commander.help' && !common.json;
    return shown ? exitCodes.badInput : tell(badLine(error), common, io);
  }
}

/** For a command line that cannot be read: what its options are is not known. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--json');
}

function badLine({ code, message }: CommanderError): CliError {
  const said = message
    .replace(/^error: /, '')
    .replace(/^command-argument value '(.*)' is invalid for argument '(.*)'\./s, '"$1" is no <$2>.')
    .replaceAll(/\s+/g, ' ');
  return badInput(code === 'commander.help' ? 'No verb is named.' : said, 'Add --help for what is possible.');
}

export function programOf(act: Act, io: Io, { json }: CommonOptions): Command {
  const program = new Command('sluice')
    .description(
      'Durable canary rollouts: shift, judge, promote, or bring all traffic back in a guaranteed time.',
    )
    .version('0.1.0')
    .enablePositionalOptions()
    .addHelpText('after', exitCodeHelp('any'));
  const verbs = [
    startCommand(act),
    ciCommand(act),
    validateCommand(act),
    importCommand(act),
    backtestCommand(act),
    metricsCommand(act),
    listCommand(act),
    statusCommand(act),
    watchCommand(act),
    topCommand(act),
    ...steerCommands(act),
    approvalsCommand(act),
    emergencyStopCommand(act),
    emergenciesCommand(act),
    noticesCommand(act),
    ackCommand(act),
    incidentsCommand(act),
    auditCommand(act),
    rollbacksCommand(act),
    evidenceCommand(act),
    reportCommand(act),
    doctorCommand(act),
    contextCommand(act),
    completionCommand(act),
    manCommand(act),
    tokensCommand(act),
    sessionsCommand(act),
    rbacCommand(act),
    guardCommand(act),
    upCommand(act),
  ];
  for (const command of verbs) program.addCommand(command);
  for (const command of [program, ...verbs, ...verbs.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: json ? () => {} : (text) => io.err.write(text),
      // Told as every other failure is.
      outputError: () => {},
    });
  }
  return program;
}

/** For machines the failure is the answer; for people it goes where it does not disturb a pipe. */
function tell(error: unknown, { json }: CommonOptions, io: Io): number {
  const known = error instanceof CliError ? error : unexpected(error);
  // A reader that has gone need not be told so; the code stays, since 0 would say that a rollout was promoted.
  if (known.exitCode === exitCodes.interrupted && isClosedPipe(known.cause)) return known.exitCode;
  if (json) writeJson(io.out, known.failure);
  else writeLines(io.err, linesOf(known.failure));
  return known.exitCode;
}

function unexpected(error: unknown): CliError {
  return new CliError(exitCodes.failure, {
    type: problemTypeOf('internal'),
    code: 'internal',
    detail: messageOf(error),
    advice: 'This is a fault of sluice itself; report what you did and this message.',
    problems: [],
  });
}
