/** How grave a vulnerability is, in one scale for all scanners. Pure. */

export const severities = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof severities)[number];

const otherNames: Readonly<Record<string, Severity>> = {
  moderate: 'medium',
  negligible: 'low',
  info: 'low',
};

/** A scanner's word for it; what is no such word is unknown. */
export function severityOf(text: string): Severity {
  const lower = text.toLowerCase();
  return severities.find((one) => one === lower) ?? otherNames[lower] ?? 'unknown';
}

/** The bounds of CVSS version 3.1, section 5. Scanners write 0 for what nobody has rated. */
export function severityOfScore(score: number): Severity {
  if (!(score > 0)) return 'unknown';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}
