/** Figures as sentences have them. */
export function percent(value: number): string {
  return `${Number(value.toFixed(value < 1 ? 2 : 1))} %`;
}

export function timeOfDay(atMs: number): string {
  return new Date(atMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
