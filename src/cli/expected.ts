/**
 * What a command on the command line is meant for: what its options say, else what the rollout shows right before it is
 * sent.
 */
import type { CommandBody } from '../api/contract.ts';
import { expectationOf } from '../domain/rollout/expectation.ts';
import type { RolloutStatus } from '../domain/rollout/status.ts';
import type { CommandName } from '../domain/rollout/types.ts';
import { badInput, unavailable } from './cli-error.ts';
import type { ApiClient } from './client.ts';
import type { Target } from './target.ts';

interface Meant {
  readonly name: CommandName;
  readonly target: Target;
  /** The stage by its name, as `sluice status` shows it. */
  readonly stage?: string;
  /** The question by its name, as `sluice approvals` shows it. */
  readonly question?: string;
}

/** Empty: the command is meant whatever the rollout shows, or no worker answers that could tell. */
export async function expectedBy(client: ApiClient, meant: Meant): Promise<Pick<CommandBody, 'expect'>> {
  const { name, target, stage, question } = meant;
  if (stage === undefined && (name === 'pause' || name === 'rollback' || name === 'override')) return {};
  const status = await statusSeen(client, meant);
  const seen = status === null ? {} : (expectationOf(name, status) ?? {});
  const named = stage === undefined ? {} : { stage: indexOf(stage, status, target) };
  const expect = { ...seen, ...named, ...(question === undefined ? {} : { question }) };
  return Object.keys(expect).length === 0 ? {} : { expect };
}

/** Null: it cannot be seen. What is wrong then, the command itself is told. */
async function statusSeen(client: ApiClient, { target }: Meant): Promise<RolloutStatus | null> {
  const { environment, service } = target;
  // As it is now: what others were shown a moment ago may be over.
  const headers = { 'cache-control': 'max-age=0' };
  const asked = client.ask('getRollout', { environment, service }, { headers });
  return await asked.then(
    ({ value }) => value.status,
    () => null,
  );
}

function indexOf(stage: string, status: RolloutStatus | null, { environment, service }: Target): number {
  if (status === null) {
    const why = `No worker says now where ${environment}/${service} stands, so nobody can tell which stage is "${stage}".`;
    throw unavailable(why, 'Try again, or leave --stage out.');
  }
  const at = status.stages.findIndex(({ name }) => name === stage);
  if (at >= 0) return at;
  const names = status.stages.map(({ name }) => name).join(', ');
  throw badInput(`The rollout has no stage "${stage}".`, `Its stages: ${names}.`);
}
