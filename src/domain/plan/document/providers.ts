/** Reads which provider instance a plan chooses, by name or as `{provider: name, ...options}`. */
import type { z } from 'zod';
import { adviceFor } from '../../nearest.ts';
import type { ProviderChoice } from '../types.ts';
import { check, joinPath, shown } from './problems.ts';
import { isMapping, type Mapping, ownValue, type Report } from './read.ts';

/** What a plan may choose from: the instances that the operator configured, each with the options a plan may set. */
export interface PlanCatalogue {
  readonly traffic: Readonly<Record<string, CatalogueInstance>>;
  readonly metrics: Readonly<Record<string, CatalogueInstance>>;
  readonly workload: Readonly<Record<string, CatalogueInstance>>;
  readonly health: Readonly<Record<string, HealthInstance>>;
  readonly alerts: Readonly<Record<string, unknown>>;
  /** What phased rollbacks may call. Absent: none. */
  readonly hooks?: Readonly<Record<string, { readonly type: string }>>;
  /** What must be open before traffic moves. Absent: none. */
  readonly gates?: Readonly<Record<string, GateInstance>>;
  /** Notifiers that a plan may name. Absent: the operator has none at all, so nobody is told. */
  readonly channels?: readonly string[];
}

export interface GateInstance extends CatalogueInstance {
  readonly type: string;
  /** How long it may stay closed if the plan does not say. Absent: 30 minutes. */
  readonly timeoutMs?: number;
}

export interface CatalogueInstance {
  readonly options: z.ZodType<Record<string, unknown>>;
  /** Names of the operator's hooks that the options speak of. */
  readonly hooksIn?: (options: Readonly<Record<string, unknown>>) => readonly string[];
}

interface HealthInstance {
  /** Whether the probe's address leads to the canary itself rather than to something that both versions share. */
  readonly reachesArm: boolean;
}

export type ProviderRole = 'traffic' | 'metrics' | 'workload';

/** `fallback` is the instance that is meant when the plan names none. */
export function readProvider(
  role: ProviderRole,
  input: unknown,
  catalogue: PlanCatalogue,
  fallback: string | undefined,
  report: Report,
): ProviderChoice | undefined {
  const instances = catalogue[role];
  const chosen = chosenIn(role, input ?? fallback, Object.keys(instances), report);
  if (chosen === undefined) return undefined;
  const instance = Object.hasOwn(instances, chosen.name) ? instances[chosen.name] : undefined;
  if (instance === undefined) {
    const message = `unknown provider ${shown(chosen.name)}; ${adviceFor(chosen.name, Object.keys(instances))}`;
    report.problems.push({ path: chosen.path, message });
    return undefined;
  }
  const options = check(instance.options, chosen.options, role);
  if (!options.ok) {
    report.problems.push(...options.problems);
    return undefined;
  }
  const hooks = Object.keys(catalogue.hooks ?? {});
  const unknown = (instance.hooksIn?.(options.value) ?? []).filter((hook) => !hooks.includes(hook));
  for (const hook of unknown) {
    report.problems.push({ path: role, message: `there is no hook "${hook}"; ${adviceFor(hook, hooks)}` });
  }
  return unknown.length === 0 ? { name: chosen.name, options: options.value } : undefined;
}

interface Chosen {
  readonly name: string;
  readonly path: string;
  readonly options: Mapping;
}

function chosenIn(
  role: ProviderRole,
  input: unknown,
  names: readonly string[],
  report: Report,
): Chosen | undefined {
  if (typeof input === 'string') return { name: input, path: role, options: {} };
  const allowed = `allowed: ${names.length === 0 ? 'none' : names.join(', ')}`;
  if (!isMapping(input)) {
    const message =
      input === undefined
        ? `is required; ${allowed}`
        : `must be the name of a provider or a mapping with provider, not ${shown(input)}`;
    report.problems.push({ path: role, message });
    return undefined;
  }
  const { provider: _name, ...options } = input;
  const name = ownValue(input, 'provider');
  if (typeof name === 'string') return { name, path: joinPath(role, 'provider'), options };
  const message = name === undefined ? `is required; ${allowed}` : `must be text, not ${shown(name)}`;
  report.problems.push({ path: joinPath(role, 'provider'), message });
  return undefined;
}
