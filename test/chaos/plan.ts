/** The plan of a chaos run: the shop's checks and providers, and times as short as they can be. */

import type { Schedule } from './schedule.ts';

export const orphanGraceMs = 3_000;

export function chaosPlan({ version, leaseTtlMs }: Schedule): string {
  return `
service: shop
environment: demo
version: ${version}
traffic: haproxy
metrics: prometheus
workload: process
checks:
  - { preset: success-rate, min: 95, minSamples: 8 }
stages:
  - { weight: 20, soak: 3s }
  - { weight: 50, soak: 3s }
analysis: { interval: 1s, window: 3s }
lease: { ttl: ${leaseTtlMs}ms, orphanGrace: ${orphanGraceMs}ms }
rollback: { timeout: 5s }
watchAfter: 2s
maxDuration: 5m
`;
}
