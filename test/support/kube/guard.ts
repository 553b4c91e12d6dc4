/** A guard inside the test's own process. */
import { randomUUID } from 'node:crypto';
import { Guard, type GuardState } from '../../../src/guard/guard.ts';
import type { GuardReport } from '../../../src/guard/reports.ts';
import { KubeClient } from '../../../src/providers/kube/client.ts';
import { connect } from '../../../src/providers/kube/connection.ts';
import { waitFor } from '../wait-for.ts';

export interface RunningGuard {
  readonly reports: readonly GuardReport[];
  of<K extends GuardReport['kind']>(kind: K): Extract<GuardReport, { kind: K }>[];
  state(): GuardState;
  /** Resolves when it is the one that acts, and is ready. */
  leads(): Promise<unknown>;
  stop(): Promise<void>;
}

export function startGuard(
  settings: { kubeconfig: string; leaseNamespace: string },
  // A request that is slow on a busy machine is no failure to be told of.
  client = new KubeClient(connect(settings), 30_000),
): RunningGuard {
  const reports: GuardReport[] = [];
  const guard = new Guard({
    client,
    leaseNamespace: settings.leaseNamespace,
    identity: `test-${randomUUID()}`,
    report: (one) => void reports.push(one),
  });
  const running = guard.run();
  return {
    reports,
    of: (kind) => reports.filter((one): one is never => one.kind === kind),
    state: () => guard.state(),
    leads: () =>
      waitFor('the guard to lead', () => {
        const { leads, ready } = guard.state();
        return leads && ready;
      }),
    async stop() {
      guard.stop();
      await running;
      client.close();
    },
  };
}
