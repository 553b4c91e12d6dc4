/** `sluice doctor`: looks at all that a rollout depends on, and says what is wrong and how to mend it. */
import { relative } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { type ApiAddress, apiAddressOf, tokenFor } from '../api-url.ts';
import { CliError } from '../cli-error.ts';
import { apiFindings } from '../doctor/api.ts';
import { type Finding, linesOfFindings, ok, wrong } from '../doctor/finding.ts';
import { nodeFinding, tokenFinding } from '../doctor/here.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { wantsColor, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, type Run, verb } from '../verb.ts';

interface DoctorOptions extends CommonOptions {
  readonly config?: string;
}

async function runDoctor(options: DoctorOptions, io: Io): Promise<number> {
  const { json = false } = options;
  const address = addressOf(options, io);
  const [api, configuration] = await Promise.all([askApi(address, io), configured(options, address, io)]);
  const findings = [nodeFinding(process.versions.node), ...api, ...configuration];
  const well = findings.every(({ health }) => health !== 'wrong');
  if (json) writeJson(io.out, { ok: well, findings });
  else writeLines(io.out, linesOfFindings(findings, lookOf(io)));
  return well ? exitCodes.ok : exitCodes.failure;
}

/** Without a terminal nobody's lines are too long. */
function lookOf({ out, env }: Io) {
  return { color: wantsColor(out, env), columns: out.isTTY ? out.columns : Number.POSITIVE_INFINITY };
}

type Found = ApiAddress | Finding;

/** What keeps the CLI from asking at all is a finding too. */
function addressOf(options: DoctorOptions, io: Io): Found {
  try {
    return apiAddressOf(options, io);
  } catch (error) {
    return refused(error);
  }
}

async function askApi(address: Found, io: Io): Promise<Finding[]> {
  if ('health' in address) return [address];
  try {
    const token = tokenFor(address, io);
    const api = await apiFindings(address, io, token?.value);
    return token === undefined ? api : [tokenFinding(token, io.now()), ...api];
  } catch (error) {
    return [refused(error)];
  }
}

function refused(error: unknown): Finding {
  if (!(error instanceof CliError)) throw error;
  return wrong('api', error.failure.detail, error.failure.advice);
}

async function configured({ config }: DoctorOptions, address: Found, io: Io): Promise<Finding[]> {
  const path = config ?? io.env.SLUICE_CONFIG;
  if (!path) return 'health' in address || address.config === undefined ? [] : [left(address.config, io)];
  // Loaded only here: whoever only uses an API has no use for providers.
  const { configurationFindings } = await import('../doctor/configuration.ts');
  return await configurationFindings(path, io);
}

/**
 * Tells of the stack's file and leaves it alone: it may run programs, and whoever made the folder may have written it.
 */
function left(config: string, { cwd }: Io): Finding {
  return {
    ...ok('configuration', 'none was named, so none was looked at'),
    advice: `\`--config ${relative(cwd, config)}\` looks at that of the local stack.`,
  };
}

export function doctorCommand(act: Act, run: Run<DoctorOptions> = runDoctor): Command {
  return verb('doctor', 'check all that rollouts depend on, and say what is wrong and how to mend it')
    .option('--config <file>', 'the operator configuration, and all that it names (default: SLUICE_CONFIG)')
    .action((flags: DoctorOptions) => act(flags, (io) => run(flags, io)));
}
