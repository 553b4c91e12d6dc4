/** The names of providers that plans may use here, out of the catalogue. */
import type { Catalogue } from '../../../api/contract.ts';
import type { Names } from './examples.ts';

/** The first of each kind; where nothing is configured, what the documentation uses. */
export function namesIn(catalogue: Catalogue | null): Names {
  return {
    traffic: firstOf(catalogue, 'traffic') ?? 'haproxy',
    metrics: firstOf(catalogue, 'metrics') ?? 'prometheus',
    // There even where nothing is configured, and starts nothing by itself.
    workload: firstOf(catalogue, 'workload', 'external') ?? 'external',
  };
}

function firstOf(catalogue: Catalogue | null, role: string, but?: string): string | null {
  const providers = catalogue?.providers;
  const instances: unknown = isRecord(providers) ? providers[role] : undefined;
  const names = (Array.isArray(instances) ? instances : []).flatMap((one: unknown) =>
    isRecord(one) && typeof one.name === 'string' ? [one.name] : [],
  );
  return names.find((name) => name !== but) ?? null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
