/** Judges one probe: 1 is healthy, anything else is not. */
import { firstOf, unusable, verdictOf } from './evidence.ts';
import { spoken } from './format.ts';
import type { HealthCheck, Reading, Verdict } from './types.ts';

/** A probe that could not even be tried is an error, never a failure of what it asks after. */
export function judgeHealth(
  config: HealthCheck,
  canary: Reading,
  _stable: Reading | null,
  atMs: number,
): Verdict {
  const problem = firstOf(unusable(config, 'canary', canary));
  if (problem !== null || canary.kind !== 'value') {
    return verdictOf(config, problem?.kind ?? 'no-data', problem?.reason ?? 'no data', canary, null, atMs);
  }
  const healthy = canary.value === 1;
  const behind = canary.note === undefined ? '' : `: ${canary.note}`;
  const whose = config.scope === 'shared' ? ', which both versions need,' : '';
  const reason = `${spoken(config.name)}${whose} is ${healthy ? '' : 'not '}healthy${behind}`;
  return verdictOf(config, healthy ? 'pass' : 'fail', reason, canary, null, atMs);
}
