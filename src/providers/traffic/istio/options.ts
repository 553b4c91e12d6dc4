/** What a plan may say of its VirtualService. */
import { z } from 'zod';
import type { Slot } from '../../../domain/rollout/types.ts';
import { virtualService } from '../../kube/kinds.ts';
import { objectName } from '../../kube/settings.ts';
import type { KubeRef } from '../../kube/types.ts';
import type { RoutePlace } from '../kube/route.ts';
import { serviceOptions, servicesOf } from '../kube/services.ts';

const subset = z.strictObject({
  name: objectName.optional().describe('Name of the subset. Default: `stable` or `canary`.'),
  labels: z
    .record(z.string().min(1), z.string())
    .refine((labels) => Object.keys(labels).length > 0, 'needs a label at least')
    .describe("Labels that only this version's pods have."),
});

export const istioOptions = z.strictObject({
  virtualService: objectName
    .optional()
    .describe('Name of the VirtualService. Default: the name of the service.'),
  routes: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Names of the http routes to share. Default: every one that sends to the stable destination.'),
  subsets: z
    .strictObject({ stable: subset, canary: subset })
    .optional()
    .describe('Shares one host between two subsets instead of two Services.'),
  host: objectName.optional().describe('The host of both subsets. Default: the stable Service.'),
  destinationRule: objectName
    .optional()
    .describe(
      'The DestinationRule that gets the subsets. Default: the one of the host, else one that Sluice makes.',
    ),
  ...serviceOptions,
});

export function virtualServiceRef({ service, namespace, options }: RoutePlace): KubeRef {
  const { virtualService: name = service } = istioOptions.parse(options);
  return { kind: virtualService, namespace, name };
}

interface Destination {
  readonly host: string;
  /** Null: the host is the slot's own, whatever subset of it the route names. */
  readonly subset: string | null;
}

export interface Subset {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function subsetsOf({ options }: RoutePlace): Readonly<Record<Slot, Subset>> | null {
  const { subsets } = istioOptions.parse(options);
  if (subsets === undefined) return null;
  const named = ({ name, labels }: z.infer<typeof subset>, otherwise: string) => ({
    name: name ?? otherwise,
    labels,
  });
  return { blue: named(subsets.stable, 'stable'), green: named(subsets.canary, 'canary') };
}

export function hostOf(place: RoutePlace): string {
  return istioOptions.parse(place.options).host ?? servicesOf(place).blue;
}

export function destinationsOf(place: RoutePlace): Readonly<Record<Slot, Destination>> {
  const subsets = subsetsOf(place);
  const { blue, green } = servicesOf(place);
  if (subsets === null) return { blue: { host: blue, subset: null }, green: { host: green, subset: null } };
  const host = hostOf(place);
  return { blue: { host, subset: subsets.blue.name }, green: { host, subset: subsets.green.name } };
}
