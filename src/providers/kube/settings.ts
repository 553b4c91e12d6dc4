/** Which cluster a provider speaks to, and as whom: a context of a kubeconfig, or the pod's own service account. */
import { z } from 'zod';

const namespacePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const namespaceName = z.string().regex(namespacePattern, 'is no namespace name');
/** DNS subdomain: what most objects may be called. */
export const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'is no object name');

export const kubeSettings = {
  kubeconfig: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Path of a kubeconfig. Default: the service account of the pod, else KUBECONFIG or ~/.kube/config.',
    ),
  context: z.string().min(1).optional().describe('Context of the kubeconfig. Default: its current one.'),
  namespace: namespaceName
    .optional()
    .describe("Where a plan's objects are unless it says so. Default: the context's, else `default`."),
  timeoutMs: z
    .int()
    .min(100)
    .max(30_000)
    .default(5_000)
    .describe('Limit of one request to the API server, milliseconds.'),
};

export type KubeSettings = z.output<z.ZodObject<typeof kubeSettings>>;
