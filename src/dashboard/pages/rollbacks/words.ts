/** Times and shares of rollbacks as people read them; what is not known is a dash. */

/** Below a second in milliseconds, below a minute with one digit, then in minutes and seconds. */
export function tookText(ms: number | null): string {
  if (ms === null) return '—';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}

export function shareText(share: number | null): string {
  return share === null ? '—' : `${Math.round(share * 1_000) / 10} %`;
}

export function countText(count: number | null): string {
  return count === null ? '—' : count.toLocaleString('en');
}
