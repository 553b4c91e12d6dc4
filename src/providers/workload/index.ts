/** The registry of workload providers: a new one is one file and one line here. */
import { external } from './external.ts';
import { kubernetes } from './kubernetes.ts';
import { processProvider } from './process.ts';
import type { WorkloadProviderType } from './types.ts';

export const workloadProviders: readonly WorkloadProviderType[] = [external, kubernetes, processProvider];
