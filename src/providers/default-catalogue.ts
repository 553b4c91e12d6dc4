/**
 * A catalogue in which each provider type is one instance of its own name: what a plan schema can know before an
 * operator configures anything.
 */
import type { CatalogueInstance, PlanCatalogue } from '../domain/plan/schema.ts';
import { builtInTypes, type ProviderTypes } from './built-in.ts';

export function defaultCatalogue(types: ProviderTypes = builtInTypes): PlanCatalogue {
  return {
    traffic: named(types.traffic),
    metrics: named(types.metrics),
    workload: named(types.workload),
    health: Object.fromEntries(types.health.map(({ type }) => [type, { reachesArm: false }])),
    alerts: named(types.alerts),
    gates: Object.fromEntries(types.gates.map((type) => [type.type, type])),
  };
}

function named(
  types: readonly (CatalogueInstance & { readonly type: string })[],
): Record<string, CatalogueInstance> {
  return Object.fromEntries(types.map((type) => [type.type, type]));
}
