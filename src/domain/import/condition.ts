/** Argo's conditions on a measurement (`result[0] >= 0.95 && !isNaN(result[0])`) as the limits that a check knows. */
import { type Expression, parseCondition } from './condition-parser.ts';

interface Bound {
  readonly value: number;
  /** Whether the bound itself is accepted. */
  readonly inclusive: boolean;
}

/** The values that a condition accepts. */
export interface Limits {
  readonly min: Bound | null;
  readonly max: Bound | null;
  /** What it says of a measurement without a value; null: nothing. */
  readonly noData: 'pass' | 'fail' | null;
}

type ConditionResult =
  | { readonly ok: true; readonly limits: Limits }
  | { readonly ok: false; readonly why: string };

const everything: Limits = { min: null, max: null, noData: null };

/** What the condition accepts. `rejects`: it is a failure condition, so what it does not hold for is accepted. */
export function limitsOfCondition(text: string, rejects = false): ConditionResult {
  const parsed = parseCondition(text);
  if (typeof parsed === 'string') return { ok: false, why: parsed };
  const limits = accepted(rejects ? { kind: 'not', of: parsed } : parsed);
  if (typeof limits === 'string') return { ok: false, why: limits };
  if (limits.min !== null && limits.max !== null && limits.min.value > limits.max.value) {
    return { ok: false, why: 'no value can meet it' };
  }
  return { ok: true, limits };
}

/** The limits that both accept. */
export function both(a: Limits, b: Limits): Limits {
  return {
    min: tighter(a.min, b.min, (x, y) => x > y),
    max: tighter(a.max, b.max, (x, y) => x < y),
    noData: a.noData === 'fail' || b.noData === 'fail' ? 'fail' : (a.noData ?? b.noData),
  };
}

function tighter(a: Bound | null, b: Bound | null, wins: (x: number, y: number) => boolean): Bound | null {
  if (a === null || b === null) return a ?? b;
  if (a.value === b.value) return a.inclusive ? b : a;
  return wins(a.value, b.value) ? a : b;
}

function accepted(expression: Expression, negated = false): Limits | string {
  switch (expression.kind) {
    case 'not':
      return accepted(expression.of, !negated);
    case 'noData':
      return { ...everything, noData: negated ? 'fail' : 'pass' };
    case 'compare':
      return compared(expression, negated);
    case 'and':
    case 'or': {
      const [a, b] = [accepted(expression.a, negated), accepted(expression.b, negated)];
      if (typeof a === 'string') return a;
      if (typeof b === 'string') return b;
      // By De Morgan, a denied `or` is an `and`.
      return (expression.kind === 'and') === !negated ? both(a, b) : either(a, b);
    }
  }
}

/** A range or no data is a limit with a rule for no data; two ranges are none. */
function either(a: Limits, b: Limits): Limits | string {
  const onlyNoData = (limits: Limits) =>
    limits.min === null && limits.max === null && limits.noData === 'pass';
  if (onlyNoData(a)) return { ...b, noData: 'pass' };
  if (onlyNoData(b)) return { ...a, noData: 'pass' };
  return 'it accepts two ranges of values, and a check has one';
}

type Compare = Extract<Expression, { kind: 'compare' }>;

const opposite = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' } as const;

function compared({ sign, limit, fallback }: Compare, negated: boolean): Limits | string {
  const wanted = negated ? opposite[sign] : sign;
  const noData = fallback === null ? null : holds(fallback, wanted, limit) ? 'pass' : 'fail';
  const bound = (inclusive: boolean): Bound => ({ value: limit, inclusive });
  switch (wanted) {
    case '<':
    case '<=':
      return { min: null, max: bound(wanted === '<='), noData };
    case '>':
    case '>=':
      return { min: bound(wanted === '>='), max: null, noData };
    case '==':
      return { min: bound(true), max: bound(true), noData };
    case '!=':
      return 'it accepts all values but one, and a check has one range';
  }
}

function holds(a: number, sign: Compare['sign'], b: number): boolean {
  switch (sign) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '==':
      return a === b;
    case '!=':
      return a !== b;
  }
}
