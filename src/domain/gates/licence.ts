/** Licences of a component against what may be. Pure. */
import { fits } from './pattern.ts';

/**
 * One that a bill of materials names; an expression is SPDX's (`A OR (B AND C WITH D)`), a name is taken as it stands.
 */
export interface Licence {
  readonly text: string;
  readonly isExpression: boolean;
}

export interface LicencePolicy {
  /** Licences that may not be; each an SPDX id, or one with `*` at its end. Case does not matter. */
  readonly denyLicences: readonly string[];
  /** Null: any that is not denied. */
  readonly allowLicences: readonly string[] | null;
}

/**
 * Of `A OR B` one must be allowed, of `A AND B` each, of `A WITH exception` A; what cannot be read is judged by each of
 * its words.
 */
export function licenceAllowed({ text, isExpression }: Licence, policy: LicencePolicy): boolean {
  const read = isExpression ? readExpression(text) : null;
  if (read !== null) return read((id) => idAllowed(id, policy));
  const words = text.split(/[^A-Za-z0-9.+*-]+/);
  return !words.some((word) => denies(word, policy)) && idAllowed(text, policy);
}

function idAllowed(id: string, policy: LicencePolicy): boolean {
  const { allowLicences } = policy;
  return !denies(id, policy) && (allowLicences === null || fitsAny(allowLicences, id));
}

function denies(id: string, { denyLicences }: LicencePolicy): boolean {
  return fitsAny(denyLicences, id);
}

/** Ids differ by no more than their case (SPDX 2.3, annex D.2), and `X+` is X or later. */
function fitsAny(patterns: readonly string[], id: string): boolean {
  const lower = id.toLowerCase();
  const forms = [lower, lower.replace(/\+$/, '')];
  return patterns.some((pattern) => forms.some((form) => fits(pattern.toLowerCase(), form)));
}

const tokenPattern = /^([()]|[A-Za-z0-9.:+-]+)$/;

/** What an expression says when it is known what each id says. */
type Evaluation = (of: (id: string) => boolean) => boolean;

/** Null: it is no expression. */
function readExpression(text: string): Evaluation | null {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  // Each nesting is a call on the stack.
  if (tokens.length > 1_000 || !tokens.every((token) => tokenPattern.test(token))) return null;
  let at = 0;
  const isNext = (word: string) => tokens[at]?.toUpperCase() === word;
  const series = (operator: string, part: () => Evaluation | null, all: boolean): Evaluation | null => {
    const parts: Evaluation[] = [];
    do {
      const one = part();
      if (one === null) return null;
      parts.push(one);
    } while (isNext(operator) && ++at > 0);
    return (of) => (all ? parts.every((one) => one(of)) : parts.some((one) => one(of)));
  };
  const single = (): Evaluation | null => {
    const token = tokens[at++];
    if (token === undefined || isOperator(token) || token === ')') return null;
    if (token === '(') {
      const inner = either();
      return tokens[at++] === ')' ? inner : null;
    }
    if (isNext('WITH')) at += 2;
    return (of) => of(token);
  };
  const both = () => series('AND', single, true);
  const either = (): Evaluation | null => series('OR', both, false);
  const read = either();
  return at === tokens.length ? read : null;
}

function isOperator(token: string): boolean {
  return ['AND', 'OR', 'WITH'].includes(token.toUpperCase());
}
