/**
 * What a check allows the canary's value to be, for charts: the same limits by which it judges, where they can be
 * drawn.
 */
import type { Margin } from './sequential/types.ts';
import type { BaselineCheck, CheckConfig } from './types.ts';

type CountsLimits = Pick<Extract<CheckConfig, { kind: 'counts' }>, 'margin' | 'guard' | 'shows'>;

/** A limit that moves with stable: `times` × stable + `plus`. */
interface Line {
  readonly times: number;
  readonly plus: number;
}

export interface Allowed {
  /** Limits of the canary's own value; null: none. */
  readonly min: number | null;
  readonly max: number | null;
  /** The side on which the limits beside stable lie; of several lines the most lenient counts. Null: there are none. */
  readonly beside: { readonly side: 'min' | 'max'; readonly lines: readonly Line[] } | null;
  /** The limit on that side while there is no stable value to compare with; null: none. */
  readonly alone: number | null;
}

export interface Region {
  readonly low: number | null;
  readonly high: number | null;
}

/** Null: the check knows no limits that could be drawn, since it tests whole series or an own past. */
export function allowedOf(config: CheckConfig): Allowed | null {
  switch (config.kind) {
    case 'threshold':
      return within(config.min, config.max);
    case 'baseline':
      return besideStable(config);
    case 'counts':
      return counted(config);
    case 'trend':
      return config.worse === 'higher' ? within(null, config.limit) : within(config.limit, null);
    case 'composite':
      return config.mode === 'score' ? within(config.marginal, null) : null;
    case 'health':
      return within(1, null);
    case 'alert':
      return within(null, 0);
    case 'series':
    case 'anomaly':
    case 'errorBudget':
      return null;
  }
}

/** Where the canary's value may lie beside that of stable. */
export function regionAt({ min, max, beside, alone }: Allowed, stable: number | null): Region {
  if (beside === null) return { low: min, high: max };
  const values = stable === null ? [] : beside.lines.map(({ times, plus }) => times * stable + plus);
  const isMax = beside.side === 'max';
  const moving = values.length === 0 ? alone : isMax ? Math.max(...values) : Math.min(...values);
  return isMax ? { low: min, high: stricter(max, moving, -1) } : { low: stricter(min, moving, 1), high: max };
}

function within(min: number | null, max: number | null): Allowed {
  return { min, max, beside: null, alone: null };
}

/** The smaller of two upper limits (sign -1), the greater of two lower ones (sign 1). */
function stricter(one: number | null, other: number | null, sign: 1 | -1): number | null {
  if (one === null || other === null) return one ?? other;
  return sign * Math.max(sign * one, sign * other);
}

function besideStable({ worse, maxRatio, maxDifference }: BaselineCheck): Allowed {
  const higher = worse === 'higher';
  const lines: Line[] = [];
  if (maxRatio !== null && maxRatio > 0) lines.push({ times: higher ? maxRatio : 1 / maxRatio, plus: 0 });
  if (maxDifference !== null) lines.push({ times: 1, plus: higher ? maxDifference : -maxDifference });
  return { min: null, max: null, beside: { side: higher ? 'max' : 'min', lines }, alone: null };
}

/** The test is on the share of what goes wrong; where that of what goes well is shown, the limits are turned round. */
function counted({ margin, guard, shows }: CountsLimits): Allowed {
  const bad = shows === 'bad';
  const limit = guard === null ? null : bad ? 100 * guard.limit : 100 - 100 * guard.limit;
  const always = guard?.when === 'always' ? limit : null;
  return {
    min: bad ? null : always,
    max: bad ? always : null,
    beside: { side: bad ? 'max' : 'min', lines: [lineOf(margin, bad)] },
    alone: limit,
  };
}

function lineOf({ ratio, difference }: Margin, bad: boolean): Line {
  const plus = 100 * difference;
  return bad ? { times: ratio, plus } : { times: ratio, plus: 100 - 100 * ratio - plus };
}
