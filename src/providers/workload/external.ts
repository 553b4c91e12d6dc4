/** For versions that somebody else runs: Sluice only checks that the plan's slots hold what the plan says. */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { readSettings } from '../settings.ts';
import type { Slot } from '../traffic/types.ts';
import { waitReady } from './ready.ts';
import type { WorkloadProvider, WorkloadProviderType, WorkloadTarget } from './types.ts';

const version = z.string().min(1).max(128);
const url = z.url({ protocol: /^https?$/ });

const options = z.strictObject({
  /** The version that runs in each slot. */
  slots: z.strictObject({ blue: version.optional(), green: version.optional() }).default({}),
});

const settings = z.strictObject({
  /** Addresses that answer 200 when a slot is ready, by target and slot; a slot without one counts as ready. */
  readyUrls: z
    .record(z.string(), z.strictObject({ blue: url.optional(), green: url.optional() }))
    .default({}),
  readyTimeoutMs: z.int().min(100).max(3_600_000).default(60_000),
});

export const external: WorkloadProviderType = {
  type: 'external',
  summary: 'Versions that run already; the plan names what each slot holds.',
  options,
  settings,
  create: (given) => createExternal(readSettings('external', settings, given)),
};

function createExternal({ readyUrls, readyTimeoutMs }: z.output<typeof settings>): WorkloadProvider {
  return {
    async versionIn(target, slot) {
      return named(target, slot);
    },
    async start(target, slot, wanted, signal, progress) {
      const found = named(target, slot);
      if (found !== wanted) {
        throw new SluiceError(
          'workload-config',
          found === null
            ? `The plan does not name what runs in slot ${slot}; set workload.slots.${slot}: ${wanted} once it runs there.`
            : `The plan says that slot ${slot} holds ${found}, but ${wanted} is to be rolled out.`,
        );
      }
      const ready = readyUrls[target.id]?.[slot];
      if (ready === undefined)
        return progress(`${wanted} in slot ${slot} counts as ready: no ready URL is set`);
      progress(`waiting until ${wanted} in slot ${slot} is ready`);
      const problem = await waitReady(ready, { timeoutMs: readyTimeoutMs, signal });
      if (problem) throw new SluiceError('workload-unready', `${wanted} in slot ${slot}: ${problem}`);
    },
    // Whoever started it stops it.
    async stop() {},
    async close() {},
  };
}

function named(target: WorkloadTarget, slot: Slot): string | null {
  const parsed = options.safeParse(target.options);
  if (!parsed.success)
    throw new SluiceError('workload-config', 'workload.slots must name a version per slot.');
  return parsed.data.slots[slot] ?? null;
}
