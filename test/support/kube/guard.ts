/** A guard inside the test's own process. */
import { Guard, type GuardReport } from '../../../src/guard/guard.ts';
import { KubeClient } from '../../../src/providers/kube/client.ts';
import { connect } from '../../../src/providers/kube/connection.ts';

export interface RunningGuard {
  readonly reports: readonly GuardReport[];
  stop(): Promise<void>;
}

export function startGuard(settings: { kubeconfig: string; leaseNamespace: string }): RunningGuard {
  const client = new KubeClient(connect(settings), 5_000);
  const reports: GuardReport[] = [];
  const report = (one: GuardReport) => void reports.push(one);
  const guard = new Guard({ client, leaseNamespace: settings.leaseNamespace, report });
  const running = guard.run();
  return {
    reports,
    async stop() {
      guard.stop();
      await running;
      client.close();
    },
  };
}
