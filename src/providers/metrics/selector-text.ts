/**
 * Reads the one form of query that sources without PromQL know: `name{label="value",…}`, maybe with a range `[30s]`
 * behind.
 */
import { SluiceError } from '../../domain/errors.ts';

const operators = ['=~', '!~', '!=', '='] as const;
type Operator = (typeof operators)[number];

export interface Matcher {
  readonly label: string;
  readonly operator: Operator;
  readonly value: string;
}

export interface Selector {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Of the range behind it; null: it has none. */
  readonly rangeMs: number | null;
}

const nameAt = /\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*/y;
const matcherAt =
  /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*/y;
const rangeAt = /\s*\[\s*(\d+)(ms|s|m|h|d)\s*\]/y;
const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Patterns come from plans, and a regular expression can take for ever; labels that need longer ones do not exist. */
const longestPattern = 200;

/** Throws `metrics-query` with where reading ended. */
export function parseSelector(text: string): Selector {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const sign = (one: string): boolean => {
    const next = /\S|$/.exec(text.slice(at))?.index ?? 0;
    if (text[at + next] !== one) return false;
    at += next + 1;
    return true;
  };
  const name = take(nameAt)?.[1];
  if (name === undefined) throw refused(text, at);
  const matchers: Matcher[] = [];
  if (sign('{')) {
    for (let open = true; open; ) {
      const [, label, operator, quoted] = take(matcherAt) ?? [];
      if (label !== undefined && quoted !== undefined)
        matchers.push({ label, operator: operatorOf(operator), value: unquoted(quoted) });
      if (sign('}')) open = false;
      else if (label === undefined || !sign(',')) throw refused(text, at);
    }
  }
  const range = take(rangeAt);
  if (text.slice(at).trim() !== '') throw refused(text, at);
  return { name, matchers, rangeMs: range === null ? null : Number(range[1]) * unitMs[unitOf(range[2])] };
}

/** Whether a series of these labels is picked; a label that is missing is an empty one, as in PromQL. */
export function matcherTest({
  matchers,
}: Pick<Selector, 'matchers'>): (labels: Readonly<Record<string, string>>) => boolean {
  const tests = matchers.map(({ label, operator, value }) => {
    if (operator === '=' || operator === '!=') {
      return (labels: Readonly<Record<string, string>>) =>
        ((labels[label] ?? '') === value) === (operator === '=');
    }
    const pattern = patternOf(value);
    return (labels: Readonly<Record<string, string>>) =>
      pattern.test(labels[label] ?? '') === (operator === '=~');
  });
  return (labels) => tests.every((test) => test(labels));
}

/** As people write it. */
export function selectorText({ name, matchers }: Pick<Selector, 'name' | 'matchers'>): string {
  const inside = matchers.map(({ label, operator, value }) => `${label}${operator}${JSON.stringify(value)}`);
  return `${name}{${inside.join(',')}}`;
}

function patternOf(value: string): RegExp {
  // Prometheus promises linear time; here a repeated group could take for ever.
  const dangerous = /\(\?[=!<]|\\[1-9]|\)[*+{]/;
  if (value.length > longestPattern || dangerous.test(value)) {
    throw new SluiceError(
      'metrics-query',
      `The pattern ${JSON.stringify(value.slice(0, longestPattern))} is too long, repeats a group, or looks around.`,
    );
  }
  try {
    return new RegExp(`^(?:${value})$`, 's');
  } catch {
    throw new SluiceError('metrics-query', `${JSON.stringify(value)} is no regular expression.`);
  }
}

function operatorOf(text: string | undefined): Operator {
  return operators.find((one) => one === text) ?? '=';
}

function unitOf(text: string | undefined): keyof typeof unitMs {
  return text === 'ms' || text === 'm' || text === 'h' || text === 'd' ? text : 's';
}

/** The escapes that `renderQuery` writes, and those that people use. */
function unquoted(quoted: string): string {
  const known: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return quoted
    .slice(1, -1)
    .replace(/\\(?:x([0-9A-Fa-f]{2})|(.))/gs, (_whole, hex: string | undefined, one: string | undefined) =>
      hex === undefined ? (known[one ?? ''] ?? one ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

function refused(text: string, at: number): SluiceError {
  const rest = text.slice(at, at + 40);
  return new SluiceError(
    'metrics-query',
    `The query must be one selector such as name{label="value"}, with the operators =, !=, =~ and !~; it is not understood from "${rest}" on.`,
  );
}
