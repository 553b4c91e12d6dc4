/** Alertmanager's webhook as an event: one for each set of alerts, so that a repeated notification is no new event. */
import { createHash } from 'node:crypto';
import { asLine } from '../../domain/legible.ts';
import type { Severity } from '../../domain/plan/event-policy.ts';
import type { OutsideEvent } from '../../domain/rollout/outside-event.ts';
import type { AlertmanagerBody } from '../contract.ts';

/** What people write into the label `severity` of alerts; whatever else they write is taken to be serious. */
const severityOf: Readonly<Record<string, Severity>> = {
  warning: 'warning',
  warn: 'warning',
  ticket: 'warning',
  info: 'info',
  none: 'info',
};

export function eventOfAlerts(body: AlertmanagerBody): OutsideEvent {
  const firing = body.alerts.filter(({ status }) => status === 'firing');
  const told = firing.length > 0 ? firing : body.alerts;
  const { severity = '', version } = body.commonLabels;
  return {
    id: idOf(body),
    type: 'alert',
    severity: firing.length === 0 ? 'info' : (severityOf[severity.toLowerCase()] ?? 'critical'),
    title: titleOf(
      told.map(({ labels }) => labels.alertname ?? 'an alert without a name'),
      firing.length > 0,
    ),
    source: 'alertmanager',
    version: version === undefined || version === '' || version.length > 128 ? null : version,
    atMs: Math.max(...told.map(({ startsAt }) => Date.parse(startsAt) || 0)),
  };
}

function idOf({ alerts }: AlertmanagerBody): string {
  const parts = alerts.map(({ fingerprint, startsAt, status }) => [fingerprint, startsAt, status]).sort();
  return `alertmanager-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
}

function titleOf(names: readonly string[], firing: boolean): string {
  const distinct = [...new Set(names)];
  const rest = distinct.length > 3 ? ` and ${distinct.length - 3} more` : '';
  const text = `${distinct.slice(0, 3).join(', ')}${rest} ${firing ? 'firing' : 'resolved'}`;
  return asLine(text).slice(0, 200);
}
