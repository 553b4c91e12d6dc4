/** The registry of traffic providers: a new one is one file and one line here. */
import { haproxy } from './haproxy.ts';
import { memory } from './memory.ts';
import type { TrafficProviderType } from './types.ts';

export const trafficProviders: readonly TrafficProviderType[] = [haproxy, memory];
