/** The registry of alerts providers: a new one is one file and one line here. */
import { alertmanager } from './alertmanager.ts';
import { memory } from './memory.ts';
import type { AlertsProviderType } from './types.ts';

export const alertsProviders: readonly AlertsProviderType[] = [alertmanager, memory];
