/** Where a process of Sluice may be told to listen. */
import { isIP } from 'node:net';
import { z } from 'zod';

export const port = z.int().min(1).max(65_535);
// A name could be another address for Temporal's core than for Node.
export const listenAddress = z
  .string()
  .refine((text) => isIP(text) !== 0, 'must be an IP address, such as 127.0.0.1 or 0.0.0.0');
export const portText = z.string().regex(/^\d+$/, 'must be a port').transform(Number).pipe(port);

/** Section `guard` of the configuration. */
export const guardSection = z
  .strictObject({ host: listenAddress.default('127.0.0.1'), port: port.default(9466) })
  .prefault({});

/** What overrides it, since a container sets addresses more easily than files. */
export const guardVariables = { host: 'SLUICE_GUARD_HOST', port: 'SLUICE_GUARD_PORT' } as const;
