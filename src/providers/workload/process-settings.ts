/** What the operator sets for local processes. A plan sets nothing: whoever sends plans must not choose commands. */
import { z } from 'zod';

const port = z.int().min(1).max(65_535);

export const processSettings = z.strictObject({
  /** Program and arguments; `{{version}} {{port}} {{service}} {{slot}}` are filled in, each within its argument. */
  command: z.array(z.string().min(1)).min(1),
  /** Where records and logs of the slots are kept. */
  stateDir: z.string().min(1),
  /** Loopback ports of the slots, by target (`environment/service`). */
  targets: z.record(z.string(), z.strictObject({ blue: port, green: port })),
  readyPath: z.string().startsWith('/').default('/healthz'),
  readyTimeoutMs: z.int().min(100).max(3_600_000).default(20_000),
  /** Time for a clean end before the process is killed. */
  stopTimeoutMs: z.int().min(0).max(600_000).default(10_000),
});

export const processOptions = z.strictObject({});

export type ProcessSettings = z.output<typeof processSettings>;
