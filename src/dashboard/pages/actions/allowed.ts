/** What a person can do to a rollout now: what fits its state, and what their role allows. */

import type { RolloutView } from '../../../api/contract.ts';
import { commandPermissions } from '../../../domain/access/commands.ts';
import { allows, type Grant } from '../../../domain/access/grants.ts';
import { type CommandName, commandNames } from '../../../domain/rollout/types.ts';

/** `forbidden`: it fits the state, and somebody with another role could do it. */
interface Choices {
  readonly offered: readonly CommandName[];
  readonly forbidden: readonly CommandName[];
}

type Seen = Pick<RolloutView, 'environment' | 'service' | 'status' | 'outcome' | 'endedAtMs'>;

export function choicesFor(view: Seen, grants: readonly Grant[]): Choices {
  const fitting = commandNames.filter((name) => fits(view, name));
  const may = (name: CommandName) => allows(grants, commandPermissions[name], view);
  return {
    offered: fitting.filter(may),
    forbidden: fitting.filter((name) => !may(name)),
  };
}

/** A rollout that gives no account of itself can still be brought back, since that needs no worker. */
function fits({ status, outcome, endedAtMs }: Seen, name: CommandName): boolean {
  if (outcome !== null || endedAtMs !== null) return false;
  return status === null ? name === 'rollback' : status.legal.includes(name);
}
