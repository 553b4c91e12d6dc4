/** Follows an emergency until every target is verified, and tells of each target what changed. */
import type { EmergencyOpened, EmergencyView } from '../api/contract.ts';
import { CliError, interruptedBy } from './cli-error.ts';
import type { ApiClient } from './client.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import { clock, writeJson, writeLines } from './text.ts';

type Status = NonNullable<EmergencyView['status']>;

const lookEveryMs = 500;

/** Throws at Ctrl-C, and when the emergency is unknown; an API that is away is waited for. */
export async function followEmergency(
  client: ApiClient,
  { id }: EmergencyOpened,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const interrupted = io.interrupted();
  const told = new Map<string, string>();
  const say = (about: string, line: string) => {
    if (told.get(about) === line) return;
    told.set(about, line);
    if (!json) writeLines(io.out, [`${clock(io.now())}  ${line}`]);
  };
  for (;;) {
    const seen = await client.ask('getEmergency', { id }).catch((error: unknown) => {
      if (!(error instanceof CliError) || error.exitCode !== exitCodes.unavailable) throw error;
      say('', `cannot see it now: ${error.failure.detail}`);
      return null;
    });
    const status = seen?.value.status ?? null;
    if (status) tellTargets(status, say);
    else if (seen) say('', 'no worker answers; it goes on when one does');
    if (seen && status && status.phase !== 'restoring') {
      if (json) writeJson(io.out, seen.raw);
      else writeLines(io.out, endLines(status));
      return exitOf(status);
    }
    await io.sleep(lookEveryMs, interrupted).catch(() => {});
    if (interrupted.aborted) throw stopped(status, interrupted.reason);
  }
}

function tellTargets({ targets, problem }: Status, say: (about: string, line: string) => void): void {
  for (const { target, progress, version, reason } of targets) {
    const what = progress === 'left' ? 'NOT restored, and nothing more is tried' : progress.replace('-', ' ');
    const stable = version === null || progress === 'not-restored' ? '' : `, ${version} is stable`;
    say(target, `${target}  ${what}${stable}${reason === null ? '' : `: ${reason}`}`);
  }
  if (problem !== null) say('', `the rollouts could not be listed: ${problem}`);
}

function endLines({ incident, scope, unknown, release }: Status): string[] {
  const lines = [incident.summary, ...unknown.map((target) => `no rollout of ${target} is known`)];
  if (release) return [...lines, `it was released by ${release.actor}: ${release.reason}`];
  const words = scope.length > 5 ? '…' : scope.join(' ');
  return [
    ...lines,
    `no rollout there can begin until \`sluice rollback --emergency --release --scope ${words} --reason …\``,
  ];
}

/** A typing error must not pass for a restore. */
function exitOf({ targets, unknown }: Status): ExitCode {
  const all = targets.every(({ progress }) => progress === 'verified');
  return all && unknown.length === 0 ? exitCodes.ok : exitCodes.failure;
}

function stopped(status: Status | null, cause: unknown): CliError {
  const where = status ? ` (${status.incident.summary})` : '';
  return interruptedBy(cause, {
    detail: `Stopped watching; the emergency goes on${where}.`,
    advice: 'See it with `sluice emergencies`, or run the same command again.',
  });
}
