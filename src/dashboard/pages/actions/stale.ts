/**
 * What may be asked for while a page cannot see how a rollout stands: what takes users away from a canary, and nothing
 * else.
 */
import type { CommandName } from '../../../domain/rollout/types.ts';
import { type Connection, isAway } from '../../live/connection.ts';
import { ageText } from '../../ui/age.ts';
import { dangerous } from './words.ts';

interface Stale {
  /** Counts up. */
  readonly age: string;
  readonly rule: string;
}

/** Why a command has to wait; null: it need not. */
export function staleFor(name: CommandName, connection: Connection | null, nowMs: number): Stale | null {
  if (connection === null || dangerous.has(name)) return null;
  const { kind, asOfMs, why } = connection;
  if (!isAway(kind)) return null;
  return {
    age: asOfMs === null ? 'Nothing was seen yet.' : `What you see is ${ageText(nowMs - asOfMs)} old.`,
    rule: `Until it is up to date, a rollout can only be brought back.${why === null ? '' : ` (${why})`}`,
  };
}
