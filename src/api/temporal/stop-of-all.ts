/**
 * Whether everything is stopped, and by whom as far as can be told: the data planes keep who holds a stop, Temporal the
 * emergencies, and why somebody stopped by hand only the API that was told.
 */
import { isWhole } from '../../domain/emergency/scope.ts';
import type { EmergencyStopBody, EmergencySummary, StopOfAll } from '../contract.ts';
import { listEmergencies, type RecentEmergencies } from './emergency-view.ts';
import type { ExpressDeps } from './stop-canary.ts';

type StopOrder = StopOfAll['orders'][number];

/**
 * The latest stop of everything that was ordered by hand here, until it is known to be released. Another API may have
 * released it unseen, and told of the one in force.
 */
export class StopOrders {
  private heard: StopOrder | null = null;

  get latest(): StopOrder | null {
    return this.heard;
  }

  took({ actor, reason }: Pick<EmergencyStopBody, 'actor' | 'reason'>): void {
    this.heard = { actor, reason, atMs: Date.now(), emergency: null };
  }

  /** Null, or another than the latest: nothing is forgotten. */
  over(order: StopOrder | null): void {
    if (order === this.heard) this.heard = null;
  }
}

/** Only those of the whole hold a stop of everything, and few are open at a time. */
const mostEmergencies = 200;

export async function stopOfAll(deps: ExpressDeps, recent: RecentEmergencies): Promise<StopOfAll> {
  const { planes, orders } = deps;
  // Whoever stops everything while the data planes are asked is not forgotten for what they said before.
  const byHand = orders.latest;
  const looks = planes.names.map(async (traffic) => ({ traffic, stopped: await planes.isStopped(traffic) }));
  const stops = await Promise.all(looks);
  // Another API may have released it.
  if (stops.every(({ stopped }) => stopped === false)) orders.over(byHand);
  if (!stops.some(({ stopped }) => stopped === true)) return { stops, orders: [] };
  const held = await ofEmergencies(deps, recent);
  return { stops, orders: orders.latest === null ? held : [orders.latest, ...held] };
}

/** None while Temporal is away: that everything is stopped is told all the same. */
async function ofEmergencies(deps: ExpressDeps, recent: RecentEmergencies): Promise<StopOrder[]> {
  const query = { open: 'true', limit: mostEmergencies } as const;
  const none = { emergencies: [] };
  const { emergencies } = await listEmergencies(deps, query, null, recent).catch(() => none);
  return emergencies
    .filter((one) => one.scope.some(isWhole) && !hasLetGo(one))
    .map(({ id, actor, reason, openedAtMs }) => ({ actor, reason, atMs: openedAtMs, emergency: id }));
}

/** On its way to a version it lets the stop go before it is through. */
function hasLetGo({ to, phase }: EmergencySummary): boolean {
  return to !== null && phase === 'restored';
}
