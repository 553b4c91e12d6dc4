/** Durations as Go and the Kubernetes tools write them: `1h30m`, `1.5m`, or a bare number of seconds. */

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const whole = /^(?:\d{1,12}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h|d))+$/;

/** Milliseconds, rounded; undefined for what is no duration. */
export function goDurationMs(input: unknown): number | undefined {
  const text = typeof input === 'number' ? `${input}s` : input;
  if (typeof text !== 'string') return undefined;
  const trimmed = /^\d{1,9}$/.test(text.trim()) ? `${text.trim()}s` : text.trim();
  if (trimmed.length > 100 || !whole.test(trimmed)) return undefined;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
  return Number.isFinite(ms) ? Math.round(ms) : undefined;
}
