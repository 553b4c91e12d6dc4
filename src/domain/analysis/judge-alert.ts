/** Judges the alerts that fire now: none may. */
import { firstOf, unusable, verdictOf } from './evidence.ts';
import { amount, spoken } from './format.ts';
import type { AlertCheck, Reading, Verdict } from './types.ts';

/** The reading is the number of alerts that match. Only a source that answered can say that there is none. */
export function judgeAlert(
  config: AlertCheck,
  canary: Reading,
  _stable: Reading | null,
  atMs: number,
): Verdict {
  const problem = firstOf(unusable(config, 'canary', canary));
  if (problem !== null || canary.kind !== 'value') {
    return verdictOf(config, problem?.kind ?? 'no-data', problem?.reason ?? 'no data', canary, null, atMs);
  }
  if (canary.value === 0) {
    return verdictOf(config, 'pass', `${spoken(config.name)}: no alert fires`, canary, null, atMs);
  }
  const alerts = `${amount(canary.value, '')} alert${canary.value === 1 ? ' fires' : 's fire'}`;
  const behind = canary.note === undefined ? '' : `: ${canary.note}`;
  return verdictOf(config, 'fail', `${spoken(config.name)}: ${alerts}${behind}`, canary, null, atMs);
}
