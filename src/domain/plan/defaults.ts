/** What a plan means where it says nothing, and the bounds of what it may say; `docs/plan.md` explains each. */

/** In the form in which a plan writes them. */
export const defaults = {
  workload: 'external',
  onConflict: 'reject',
  drift: 'hold',
  watchAfter: '10m',
  soak: '5m',
  warmUp: '0s',
  interval: '15s',
  window: '60s',
  onInconclusive: 'hold',
  rollbackTimeout: '60s',
  strategy: 'immediate',
  leaseTtl: '45s',
  minSamples: 50,
  onNoData: 'hold',
  consecutiveFailures: 2,
  maxConsecutiveErrors: 4,
  probeTimeout: '2s',
} as const;

export const bounds = {
  documentBytes: 256 * 1024,
  stages: 50,
  checks: 50,
  templates: 50,
  textLength: 200,
  queryLength: 4096,
  /** Shorter than the time after which all looks of a tick are broken off. */
  probeTimeoutMs: 8_000,
  /** Problems told at once. */
  problems: 200,
  /** All warm-ups and soaks together. */
  plannedMs: 30 * 86_400_000,
} as const;
