/** `tell`: one try to tell a hook of the operator's what has happened. */
import { cancellationSignal } from '@temporalio/activity';
import { targetOf } from '../domain/plan/types.ts';
import { within } from '../providers/limit.ts';
import type { ActivityDeps } from './deps.ts';
import { translated } from './failures.ts';
import type { WatchActivities } from './types.ts';

export function createTell({ providers }: ActivityDeps): WatchActivities['tell'] {
  return ({ plan, hook, timeoutMs, call }) =>
    translated(() =>
      within(
        timeoutMs,
        (signal) => providers.hook(hook).call({ ...call, target: targetOf(plan) }, signal),
        cancellationSignal(),
      ),
    );
}
