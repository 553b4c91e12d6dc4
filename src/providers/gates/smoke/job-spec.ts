/** What a smoke test's Job is made of: what the operator sets, and the spec that comes of it. */
import { z } from 'zod';
import { namespaceName, objectName } from '../../kube/settings.ts';

const words = z.array(z.string().max(1_000)).max(100);

export const jobSchema = z.strictObject({
  namespace: namespaceName.optional().describe("Default: that of the gate's cluster."),
  image: z.string().min(1).max(500).describe('Must run as another user than root.'),
  command: words.optional(),
  args: words.optional(),
  environment: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().max(1_000)).default({}),
  secrets: z
    .array(objectName)
    .max(10)
    .default([])
    .describe('Secrets of the namespace whose keys become variables; Sluice itself does not read them.'),
  serviceAccount: objectName.optional().describe('Default: none of its token is there.'),
  timeoutMs: z.int().min(1_000).max(3_600_000).default(600_000).describe('Then it is ended, milliseconds.'),
});

export type JobSettings = z.output<typeof jobSchema>;

/** Of the restricted Pod Security level, tried once, and gone an hour after its end if nobody takes it away. */
export function specOf({ image, command, args, environment, ...known }: JobSettings): object {
  const container = {
    name: 'smoke',
    image,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    env: Object.entries(environment).map(([name, value]) => ({ name, value })),
    envFrom: known.secrets.map((name) => ({ secretRef: { name } })),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  const account = known.serviceAccount;
  const spec = {
    restartPolicy: 'Never',
    automountServiceAccountToken: account !== undefined,
    ...(account === undefined ? {} : { serviceAccountName: account }),
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
  };
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: Math.ceil(known.timeoutMs / 1_000),
    ttlSecondsAfterFinished: 3_600,
    template: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'sluice' } }, spec },
  };
}
