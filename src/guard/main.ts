/** The program of the guard, for containers; `sluice guard` is the same on a command line. */
import { parseArgs } from 'node:util';
import { runGuardOrFail } from './run.ts';

const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    kubeconfig: { type: 'string' },
    context: { type: 'string' },
    'lease-namespace': { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
  },
});
const { 'lease-namespace': leaseNamespace, ...flags } = values;
await runGuardOrFail({ ...flags, ...(leaseNamespace === undefined ? {} : { leaseNamespace }) });
