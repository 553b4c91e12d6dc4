/** Scores as people read them. */

/** Of 100; the bounds are those that people know from reports: a score of 90 is asked for by default. */
export function toneOf(score: number): 'good' | 'warn' | 'bad' {
  if (score >= 90) return 'good';
  return score >= 70 ? 'warn' : 'bad';
}

export function scoreText(score: number): string {
  return Number.isInteger(score) ? String(score) : score.toFixed(1);
}
