/** The two Services of a target, by slot: what routes of every kind send to. */
import { z } from 'zod';
import type { Slot } from '../../../domain/rollout/types.ts';
import { namespaceName, objectName } from '../../kube/settings.ts';
import type { RoutePlace } from './route.ts';

/** What a plan may set for any kind of route. */
export const serviceOptions = {
  namespace: namespaceName.optional().describe("Namespace of the route. Default: the operator's."),
  stable: objectName.optional().describe('Service of the stable version. Default: the name of the service.'),
  canary: objectName.optional().describe('Service of the canary. Default: that of stable with `-canary`.'),
};

const named = z.object({ stable: objectName.optional(), canary: objectName.optional() });

export function servicesOf({ service, options }: RoutePlace): Readonly<Record<Slot, string>> {
  const { stable = service, canary = `${stable}-canary` } = named.parse(options);
  return { blue: stable, green: canary };
}

/** Whole percents are told as such; finer ones in hundredths. */
export function weightsFor(percent: number): { readonly canary: number; readonly stable: number } {
  const scale = Number.isInteger(percent) ? 1 : 100;
  const canary = Math.round(percent * scale);
  return { canary, stable: 100 * scale - canary };
}
