/**
 * What of a stage's checks can judge the stable version by itself: those with limits of their own, looked at one by
 * one.
 */
import type { CheckConfig, ThresholdCheck } from '../../analysis/types.ts';
import type { Stage } from '../types.ts';
import type { CheckContext } from './checks.ts';
import { readChecks } from './checks.ts';
import { isMapping, type Mapping, ownValue } from './read.ts';

/**
 * A check that counts compares two versions over a whole stage, and its limit is only a guard. Where the plan has set
 * one, the same entry is read once more as a check of single looks. The plan has been read before, so nothing can be
 * wrong.
 */
export function withAbsolutes(
  stages: readonly Stage[],
  input: Mapping,
  context: CheckContext,
): readonly Stage[] {
  const entries = ownValue(input, 'stages');
  return stages.map((stage, at) => {
    if (!stage.checks.some(hasGuard)) return stage;
    const entry: unknown = Array.isArray(entries) ? entries[at] : undefined;
    const own = isMapping(entry) ? ownValue(entry, 'checks') : undefined;
    return { ...stage, absolute: absolutesOf(own ?? ownValue(input, 'checks'), stage, context) };
  });
}

function absolutesOf(list: unknown, { checks }: Stage, context: CheckContext): ThresholdCheck[] {
  const unheard = { problems: [], warnings: [] };
  const read = (Array.isArray(list) ? list : []).flatMap(
    (entry: unknown) => readChecks([entry], 'checks', { ...context, byLook: true }, unheard) ?? [],
  );
  return read
    .filter((check) => check.kind === 'threshold')
    .flatMap(
      (check) =>
        limited(
          check,
          checks.find(({ name }) => name === check.name),
        ) ?? [],
    );
}

/** With the limit that the plan has set; undefined: it has set none. */
function limited(check: ThresholdCheck, asked: CheckConfig | undefined): ThresholdCheck | undefined {
  if (asked?.kind === 'threshold') return check;
  if (asked?.kind !== 'counts' || asked.guard?.when !== 'always') return undefined;
  // Percent with at most four decimals: the guard is a fraction, and floating point should not show.
  const badPercent = Math.round(asked.guard.limit * 1_000_000) / 10_000;
  return asked.shows === 'good'
    ? { ...check, min: 100 - badPercent, max: null }
    : { ...check, min: null, max: badPercent };
}

function hasGuard(check: CheckConfig): boolean {
  return check.kind === 'counts' && check.guard?.when === 'always';
}
