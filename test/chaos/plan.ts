/** The plan of a chaos run: the shop's checks and providers, and times as short as they can be. */
import type { Schedule, Way } from './schedule.ts';

/** No shorter than the time between two questions to Temporal and the answer, which is the least that counts. */
export function orphanGraceMs({ leaseTtlMs }: Pick<Schedule, 'leaseTtlMs'>): number {
  return leaseTtlMs === 3_000 ? 3_000 : 5_000;
}

const rollbackOf: Readonly<Record<Way, string>> = {
  immediate: '{ timeout: 5s }',
  gradual: '{ timeout: 5s, strategy: gradual, over: 2s, steps: 2 }',
  phased: `
  timeout: 5s
  strategy: phased
  actions: [{ action: drain, timeout: 2s }, { action: scale-down }]
  verify: { checks: [{ preset: success-rate, min: 95 }], consecutive: 2, interval: 1s, timeout: 6s }`,
  'blue-green': '{ timeout: 5s, strategy: blue-green }',
};

/** A way back takes its time only where nothing bad is known, such as for want of evidence. */
function onInconclusive(way: Way): 'rollback' | 'hold' {
  return way === 'gradual' ? 'rollback' : 'hold';
}

export function chaosPlan(schedule: Schedule): string {
  const { version, leaseTtlMs, way } = schedule;
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
analysis: { interval: 1s, window: 3s, onInconclusive: ${onInconclusive(way)} }
lease: { ttl: ${leaseTtlMs}ms, orphanGrace: ${orphanGraceMs(schedule)}ms }
rollback: ${rollbackOf[way]}
watchAfter: 2s
maxDuration: 5m
`;
}
