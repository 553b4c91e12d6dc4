/** Whose yes is waited for, whether that may be somebody's own, and whether it is waited for still. */
import type { Waiting } from '../../../api/contract.ts';
import { same } from '../../../domain/gates/override.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';

type Whose = Pick<Waiting, 'people' | 'not' | 'counted' | 'needed'>;

export function peopleText({ people, not, needed, counted }: Whose): string {
  const left = Math.max(1, needed - counted.length);
  const whom = people === null ? 'anybody' : people.length === 0 ? 'nobody who is known' : people.join(', ');
  const but = people === null && not.length > 0 ? `, but not ${not.join(', ')}` : '';
  return `Waits for ${left === 1 ? '' : `${left} of `}${whom}${but}.`;
}

/** Why this person's yes would not count; null: it may, or nobody has said who they are. */
export function barredFrom({ people, not, counted }: Whose, name: string | null): string | null {
  if (name === null || name === '') return null;
  const among = (names: readonly string[]) => names.some((one) => same(one, name));
  if (among(counted)) return 'You have said yes already.';
  if (among(not)) return 'Somebody else must say yes: it is your own.';
  return people === null || among(people) ? null : `It waits for ${people.join(', ')}, not for ${name}.`;
}

/** Why this person's answer to whatever waits for one would not count; null: it may. A no is everybody's. */
export function barredAnswer(
  name: CommandName,
  waiting: readonly (Whose & Pick<Waiting, 'kind'>)[],
  person: string | null,
): string | null {
  if (name !== 'approve' && name !== 'confirm') return null;
  const asked = waiting.filter(({ kind }) => (kind === 'override') === (name === 'confirm'));
  const faults = asked.map((one) => barredFrom(one, person));
  // One yes is for every gate that asks.
  return faults.includes(null) ? null : (faults[0] ?? null);
}

/** Whether the very question waits still, whoever has answered it in part meanwhile. */
export function isAsked(now: readonly Waiting[], asked: Waiting): boolean {
  return now.some(
    ({ target, version, kind, question }) =>
      target === asked.target &&
      version === asked.version &&
      kind === asked.kind &&
      question === asked.question,
  );
}
