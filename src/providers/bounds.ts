/** What an instance says of the plans that may use it, beside its type and settings. */
import { z } from 'zod';
import type { Bounds, InstanceBounds } from '../domain/policy/bounds.ts';
import type { ProviderTypes } from './built-in.ts';
import type { Instances, SluiceConfig } from './config.ts';

const pattern = z.string().min(1).max(300);
const patterns = z.array(pattern).min(1).max(100);
/** What a service's own objects are usually called. */
const ownNames = ['{{service}}', '{{service}}-canary', '{{service}}-stable'];

const place = z.strictObject({
  environments: patterns.default(['*']),
  services: patterns.default(['*']),
  namespaces: patterns.nullable().default(null),
  names: patterns.default(ownNames),
});

/** Instances of these roles may say whom they are for. */
export const boundRoles = ['traffic', 'metrics', 'workload'] as const;

export const boundFields = {
  environments: patterns.optional(),
  places: z.array(place).min(1).max(1_000).optional(),
};

export const boundsSchema = z.strictObject(boundFields);
export type InstanceWords = z.output<typeof boundsSchema>;

export function boundsOf(
  config: Pick<SluiceConfig, (typeof boundRoles)[number]>,
  types: ProviderTypes,
): Bounds {
  return Object.fromEntries(boundRoles.map((role) => [role, boundsIn(config[role], types[role])]));
}

function boundsIn(
  instances: Instances,
  types: readonly { readonly type: string; readonly naming?: readonly string[] }[],
): Readonly<Record<string, InstanceBounds>> {
  return Object.fromEntries(
    Object.entries(instances).map(([name, { type, settings, bounds = {} }]) => {
      const { environments = null, places = null } = bounds;
      const { namespace } = settings;
      return [
        name,
        {
          environments,
          places,
          naming: types.find((one) => one.type === type)?.naming ?? null,
          namespace: typeof namespace === 'string' ? namespace : null,
        },
      ];
    }),
  );
}
