/** The plan of a chaos run: the shop's checks and providers, and times as short as they can be. */

import type { Schedule } from './schedule.ts';

/** No shorter than the time between two questions to Temporal and the answer, which is the least that counts. */
export function orphanGraceMs({ leaseTtlMs }: Pick<Schedule, 'leaseTtlMs'>): number {
  return leaseTtlMs === 3_000 ? 3_000 : 5_000;
}

export function chaosPlan(schedule: Schedule): string {
  const { version, leaseTtlMs } = schedule;
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
lease: { ttl: ${leaseTtlMs}ms, orphanGrace: ${orphanGraceMs(schedule)}ms }
rollback: { timeout: 5s }
watchAfter: 2s
maxDuration: 5m
`;
}
