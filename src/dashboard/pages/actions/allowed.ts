/** What a person can do to a rollout now: what fits its state, and what their role allows. */

import type { RolloutView } from '../../../api/contract.ts';
import { commandPermissions } from '../../../domain/access/commands.ts';
import { allows, type Grant } from '../../../domain/access/grants.ts';
import { type CommandName, commandNames } from '../../../domain/rollout/types.ts';

/** `offered`: an answer that is waited for comes first, the ways back last. `forbidden`: it fits the state, and somebody with another role could do it. */
interface Choices {
  readonly offered: readonly CommandName[];
  readonly forbidden: readonly CommandName[];
}

type Seen = Pick<RolloutView, 'environment' | 'service' | 'status' | 'outcome' | 'endedAtMs'>;

export function choicesFor(view: Seen, grants: readonly Grant[]): Choices {
  const fitting = commandNames.filter((name) => fits(view, name)).toSorted((a, b) => placeOf(a) - placeOf(b));
  const may = (name: CommandName) => allows(grants, commandPermissions[name], view);
  return {
    offered: fitting.filter(may),
    forbidden: fitting.filter((name) => !may(name)),
  };
}

const first: readonly CommandName[] = ['approve', 'confirm'];
const last: readonly CommandName[] = ['reject', 'rollback'];

function placeOf(name: CommandName): number {
  return first.includes(name) ? -1 : last.indexOf(name) + 1;
}

/** A rollout that gives no account of itself can still be brought back, since that needs no worker. */
function fits({ status, outcome, endedAtMs }: Seen, name: CommandName): boolean {
  if (outcome !== null || endedAtMs !== null) return false;
  return status === null ? name === 'rollback' : status.legal.includes(name);
}
