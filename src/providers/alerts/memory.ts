/** Alerts in memory, for tests: those that were set to fire. */
import { z } from 'zod';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { AlertsProvider, AlertsProviderType, FiringAlert } from './types.ts';

export interface MemoryAlerts extends AlertsProvider {
  /** What fires from now on; an error is thrown at each question. */
  set(alerts: readonly FiringAlert[] | Error): void;
}

export function createMemoryAlerts(): MemoryAlerts {
  let now: readonly FiringAlert[] | Error = [];
  return {
    set(alerts) {
      now = alerts;
    },
    async firing(match, { signal } = {}) {
      if (signal?.aborted === true)
        throw new SluiceError('alerts-unavailable', 'The question was cancelled.');
      if (now instanceof Error) throw new SluiceError('alerts-unavailable', messageOf(now), { cause: now });
      return now.filter(({ labels }) =>
        Object.entries(match).every(([label, values]) => values.includes(labels[label] ?? '')),
      );
    },
    async close() {},
  };
}

export const memory: AlertsProviderType = {
  type: 'memory',
  summary: 'No alert ever fires; for tests and benches.',
  options: z.strictObject({}),
  settings: z.strictObject({}),
  create: () => createMemoryAlerts(),
};
