/**
 * What a command on the command line is meant for: what its options say, else what the rollout shows right before it is
 * sent.
 */
import type { CommandBody, RolloutView } from '../api/contract.ts';
import { expectationOf } from '../domain/rollout/expectation.ts';
import type { RolloutStatus } from '../domain/rollout/status.ts';
import type { CommandName, Expectation } from '../domain/rollout/types.ts';
import { badInput, unavailable } from './cli-error.ts';
import type { ApiClient } from './client.ts';
import { onceKept, passing } from './served.ts';
import type { Target } from './target.ts';

interface Meant {
  readonly name: CommandName;
  readonly target: Target;
  /** The stage by its name, as `sluice status` shows it. */
  readonly stage?: string;
  /** The question by its name, as `sluice approvals` shows it. */
  readonly question?: string;
  /** The user's own, under which the command may have been sent before. */
  readonly idempotencyKey?: string;
}

interface Meaning extends Pick<CommandBody, 'expect'> {
  /** The rollout, where it gave no account of itself. */
  readonly run?: string;
  /** After which failures, by code, the command may be sent again: it can then do nothing else than what was meant. */
  readonly againAfter: ReadonlySet<string>;
}

/** Nothing is expected: the command is meant whatever the rollout shows, or no worker answers that could tell. */
export async function meaningOf(client: ApiClient, meant: Meant): Promise<Meaning> {
  const { name, target, stage, question } = meant;
  if (name === 'rollback') return { againAfter: never };
  const isForAnyStage = name === 'pause' || name === 'override';
  // The API keeps for which rollout it was first sent, which may be another than the one that is seen now.
  const hasOwnKey = meant.idempotencyKey !== undefined;
  if (hasOwnKey && isForAnyStage && stage === undefined) return { againAfter: onceKept };
  const view = await viewSeen(client, meant);
  const status = view?.status ?? null;
  const { startedAtMs, ...seen }: Expectation = status === null ? {} : (expectationOf(name, status) ?? {});
  const named = stage === undefined ? {} : { stage: indexOf(stage, status, target) };
  const at = { ...seen, ...named, ...(question === undefined ? {} : { question }) };
  const isSure = isForAnyStage || at.phase !== undefined || at.question !== undefined;
  if (hasOwnKey) return { ...expected(at), againAfter: isSure ? onceKept : never };
  const againAfter = isSure && view !== null ? passing : never;
  if (startedAtMs !== undefined) return { ...expected({ startedAtMs, ...at }), againAfter };
  return { ...expected(at), ...(view === null ? {} : { run: view.runId }), againAfter };
}

const never: ReadonlySet<string> = new Set();

function expected(expect: Expectation): Pick<CommandBody, 'expect'> {
  return Object.keys(expect).length === 0 ? {} : { expect };
}

/** Null: it cannot be seen. What is wrong then, the command itself is told. */
async function viewSeen(client: ApiClient, { target }: Meant): Promise<RolloutView | null> {
  const { environment, service } = target;
  // As it is now: what others were shown a moment ago may be over.
  const headers = { 'cache-control': 'max-age=0' };
  const asked = client.ask('getRollout', { environment, service }, { headers });
  return await asked.then(
    ({ value }) => value,
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
