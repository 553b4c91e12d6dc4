/** Figures as sentences have them. */
export function percent(value: number): string {
  return `${Number(value.toFixed(value < 1 ? 2 : 1))} %`;
}
