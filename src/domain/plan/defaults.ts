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
  rampSteps: 4,
  actionTimeout: '30s',
  actionOnFailure: 'continue',
  verifyLooks: 3,
  verifyInterval: '5s',
  verifyTimeout: '2m',
  cooldown: '0s',
  leaseTtl: '45s',
  minSamples: 50,
  onNoData: 'hold',
  consecutiveFailures: 2,
  maxConsecutiveErrors: 4,
  probeTimeout: '2s',
} as const;

/** Of the checks that ask for series, history, an error budget or other checks. */
export const furtherDefaults = {
  window: '30m',
  step: '30s',
  minPoints: 10,
  confidence: 0.98,
  tolerance: 0.25,
  within: '30m',
  history: '1d',
  every: '5m',
  minHistory: 20,
  maxDeviations: 4,
  period: '30d',
  pass: 95,
  marginal: 75,
} as const;

/** Of checks that count; `docs/analysis.md` says why. */
export const countsDefaults = {
  /** Of the whole rollout. */
  confidence: 0.99,
  marginRatio: 1.05,
  /** % of requests. */
  marginDifference: 0,
  /** % of requests. */
  enough: 0.5,
} as const;

export const bounds = {
  documentBytes: 256 * 1024,
  /** Keys, values, brackets, spaces and line ends: eight times what the largest example has. */
  documentTokens: 20_000,
  stages: 50,
  checks: 50,
  templates: 50,
  actions: 20,
  textLength: 200,
  queryLength: 4096,
  /** Points of a series, or windows of a history, in one look. */
  points: 500,
  /** Of a composite check. */
  parts: 20,
  /** Shorter than the time after which all looks of a tick are broken off. */
  probeTimeoutMs: 8_000,
  /** Problems told at once. */
  problems: 200,
  /** All warm-ups and soaks together. */
  plannedMs: 30 * 86_400_000,
} as const;
