/** One check of a plan that asks an instance of the operator's: its health, or its alerts. */
import { placeholdersIn } from '../../analysis/template.ts';
import type { AlertCheck, HealthCheck, ProbeCheck } from '../../analysis/types.ts';
import { adviceFor } from '../../nearest.ts';
import { defaults } from '../defaults.ts';
import { failureOf } from './judging.ts';
import { alertFields, healthFields } from './probe-schema.ts';
import { joinPath, shown } from './problems.ts';
import type { PlanCatalogue } from './providers.ts';
import { type Mapping, type Report, readFields } from './read.ts';

export type ProbeInstances = Pick<PlanCatalogue, 'health' | 'alerts'>;

/** Alertmanager has waited its own `for` before an alert fires, so one look is enough. */
const alertConsecutive = 1;
const labelPlaceholders: readonly string[] = ['service', 'environment', 'version'];

/** Undefined when there is a problem. */
export function readProbe(
  kind: ProbeCheck['kind'],
  entry: Mapping,
  path: string,
  instances: ProbeInstances,
  report: Report,
): ProbeCheck | undefined {
  return kind === 'health'
    ? readHealth(entry, path, instances, report)
    : readAlert(entry, path, instances, report);
}

function readHealth(
  entry: Mapping,
  path: string,
  { health }: ProbeInstances,
  report: Report,
): HealthCheck | undefined {
  const before = report.problems.length;
  const fields = readFields(healthFields, ['preset'], entry, path, report);
  const { name, probe, timeout } = fields;
  refuseUnknown('health instance', probe, health, joinPath(path, 'probe'), report);
  const failure = failureOf(fields.failAfter, joinPath(path, 'failAfter'), report);
  if (report.problems.length > before) return undefined;
  if (name === undefined || probe === undefined || timeout === undefined) return undefined;
  const scope = fields.scope ?? (health[probe]?.reachesArm === true ? 'canary' : 'shared');
  return {
    kind: 'health',
    name,
    unit: '',
    probe,
    scope,
    onFail: fields.onFail ?? (scope === 'shared' ? 'hold' : 'rollback'),
    timeoutMs: timeout,
    onNoData: defaults.onNoData,
    failure,
    maxConsecutiveErrors: fields.maxConsecutiveErrors ?? defaults.maxConsecutiveErrors,
  };
}

function readAlert(
  entry: Mapping,
  path: string,
  { alerts }: ProbeInstances,
  report: Report,
): AlertCheck | undefined {
  const before = report.problems.length;
  const fields = readFields(alertFields, ['preset'], entry, path, report);
  const { name, source, match, timeout } = fields;
  refuseUnknown('alerts instance', source, alerts, joinPath(path, 'source'), report);
  const values = Object.entries(match ?? {}).map(([label, given]) => [label, [given].flat()] as const);
  for (const [label, texts] of values)
    refuseBadValues(texts, joinPath(joinPath(path, 'match'), label), report);
  const failure = failureOf(fields.failAfter, joinPath(path, 'failAfter'), report, alertConsecutive);
  if (report.problems.length > before) return undefined;
  if (name === undefined || source === undefined || timeout === undefined) return undefined;
  return {
    kind: 'alert',
    name,
    unit: '',
    source,
    match: Object.fromEntries(values),
    onFail: fields.onFail ?? 'rollback',
    timeoutMs: timeout,
    onNoData: defaults.onNoData,
    failure,
    maxConsecutiveErrors: fields.maxConsecutiveErrors ?? defaults.maxConsecutiveErrors,
  };
}

function refuseUnknown(
  what: string,
  name: string | undefined,
  known: Readonly<Record<string, unknown>>,
  path: string,
  report: Report,
): void {
  if (name === undefined || Object.hasOwn(known, name)) return;
  const message = `unknown ${what} ${shown(name)}; ${adviceFor(name, Object.keys(known))}`;
  report.problems.push({ path, message });
}

function refuseBadValues(texts: readonly string[], path: string, report: Report): void {
  for (const name of texts.flatMap(placeholdersIn).filter((one) => !labelPlaceholders.includes(one))) {
    const message = `unknown placeholder {{${name}}}; ${adviceFor(name, labelPlaceholders)}`;
    report.problems.push({ path, message });
  }
}
