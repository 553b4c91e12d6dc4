import { createMemoryAlerts } from '../../../src/providers/alerts/memory.ts';
import type { FiringAlert } from '../../../src/providers/alerts/types.ts';
import { alertsContract } from './suite.ts';

alertsContract('memory', async () => {
  const provider = createMemoryAlerts();
  let alerts: readonly FiringAlert[] = [];
  const set = (next: readonly FiringAlert[]) => {
    alerts = next;
    provider.set(alerts);
  };
  return {
    provider,
    fire: async (labels) =>
      set([...alerts, { name: labels.alertname ?? '', labels, startedAtMs: Date.now() }]),
    resolve: async ({ alertname }) => set(alerts.filter(({ name }) => name !== alertname)),
    vanish: async () => provider.set(new Error('The source is gone.')),
    close: async () => {},
  };
});
