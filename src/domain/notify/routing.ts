/** Whom a notice goes to: the operator's routes, and the channels of the plan that the operator lets it name. */
import { concernsIncident } from '../incident/state.ts';
import { incidentsReceiver } from './names.ts';
import { matchesAny } from './patterns.ts';
import type { Delivery, Notice, PlanChannel, Route, Routing, Subject } from './types.ts';

export interface Directions {
  readonly routes: readonly Route[];
  /** Notifiers that plans may name. */
  readonly planChannels: readonly string[];
}

export function routingOf(
  notice: Notice,
  subject: Subject,
  channels: readonly PlanChannel[],
  { routes, planChannels }: Directions,
): Routing {
  const fitting = routes.filter((route) => fits(route, notice, subject));
  const named = channels.filter(
    ({ to, events }) => planChannels.includes(to) && matchesAny(events, notice.event),
  );
  const deliveries = [
    ...(concernsIncident(notice) ? [{ to: incidentsReceiver, cooldownMs: 0, groupMs: 0 }] : []),
    ...fitting.flatMap(({ to, cooldownMs, groupMs }) =>
      // The warning that came before must not swallow the page.
      to.map((one) => ({ to: one, cooldownMs: notice.severity === 'critical' ? 0 : cooldownMs, groupMs })),
    ),
    ...named.map(({ to }) => ({ to, cooldownMs: 0, groupMs: 0 })),
  ];
  return {
    deliveries: oncePerReceiver(deliveries),
    escalate: notice.trouble === 'opened' ? fitting.flatMap(({ escalate }) => escalate) : [],
  };
}

function fits(route: Route, { event, severity }: Notice, { environment, service }: Subject): boolean {
  return (
    route.severities.includes(severity) &&
    matchesAny(route.events, event) &&
    matchesAny(route.environments, environment) &&
    matchesAny(route.services, service)
  );
}

/** Of several routes to one receiver the first says how. */
function oncePerReceiver(deliveries: readonly Delivery[]): readonly Delivery[] {
  return deliveries.filter(({ to }, at) => deliveries.findIndex((one) => one.to === to) === at);
}
