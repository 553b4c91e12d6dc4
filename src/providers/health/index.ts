/** The registry of health providers: a new one is one file and one line here. */
import { grpc } from './grpc.ts';
import { http } from './http.ts';
import { memory } from './memory.ts';
import { tcp } from './tcp.ts';
import type { HealthProviderType } from './types.ts';

export const healthProviders: readonly HealthProviderType[] = [grpc, http, memory, tcp];
