/** The provider types that come with Sluice, by role. */
import { alertsProviders } from './alerts/index.ts';
import type { AlertsProviderType } from './alerts/types.ts';
import { gateTypes } from './gates/index.ts';
import type { GateType } from './gates/types.ts';
import { healthProviders } from './health/index.ts';
import type { HealthProviderType } from './health/types.ts';
import { hookTypes } from './hooks/index.ts';
import type { HookType } from './hooks/types.ts';
import { metricsProviders } from './metrics/index.ts';
import type { MetricsProviderType } from './metrics/types.ts';
import { notifierTypes } from './notifiers/index.ts';
import type { NotifierType } from './notifiers/types.ts';
import { trafficProviders } from './traffic/index.ts';
import type { TrafficProviderType } from './traffic/types.ts';
import { workloadProviders } from './workload/index.ts';
import type { WorkloadProviderType } from './workload/types.ts';

export interface ProviderTypes {
  readonly traffic: readonly TrafficProviderType[];
  readonly metrics: readonly MetricsProviderType[];
  readonly workload: readonly WorkloadProviderType[];
  readonly health: readonly HealthProviderType[];
  readonly alerts: readonly AlertsProviderType[];
  readonly hooks: readonly HookType[];
  readonly gates: readonly GateType[];
  readonly notifiers: readonly NotifierType[];
}

export const builtInTypes: ProviderTypes = {
  traffic: trafficProviders,
  metrics: metricsProviders,
  workload: workloadProviders,
  health: healthProviders,
  alerts: alertsProviders,
  hooks: hookTypes,
  gates: gateTypes,
  notifiers: notifierTypes,
};
