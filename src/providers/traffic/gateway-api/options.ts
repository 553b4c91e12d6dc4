/** What a plan may say of its Gateway API route. */
import { z } from 'zod';
import { grpcRoute, httpRoute } from '../../kube/kinds.ts';
import { objectName } from '../../kube/settings.ts';
import type { KubeRef } from '../../kube/types.ts';
import type { RoutePlace } from '../kube/route.ts';
import { serviceOptions } from '../kube/services.ts';

const kinds = { HTTPRoute: httpRoute, GRPCRoute: grpcRoute };

export const gatewayOptions = z.strictObject({
  kind: z.enum(['HTTPRoute', 'GRPCRoute']).default('HTTPRoute').describe('Kind of the route.'),
  route: objectName.optional().describe('Name of the route. Default: the name of the service.'),
  rules: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Names of the rules to share. Default: every rule that sends to the stable Service.'),
  ...serviceOptions,
});

export function routeRef({ service, namespace, options }: RoutePlace): KubeRef {
  const { kind, route = service } = gatewayOptions.parse(options);
  return { kind: kinds[kind], namespace, name: route };
}
