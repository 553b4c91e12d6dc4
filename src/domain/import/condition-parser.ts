/** The part of Argo's expression language that says something of one number: comparisons, NaN, emptiness, defaults. */

type Sign = '<' | '<=' | '>' | '>=' | '==' | '!=';

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly a: Expression; readonly b: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  /** The measurement is NaN, or an empty list. */
  | { readonly kind: 'noData' }
  /** The measurement beside a number. `fallback` is what stands for a missing one; null: nothing does. */
  | {
      readonly kind: 'compare';
      readonly sign: Sign;
      readonly limit: number;
      readonly fallback: number | null;
    };

type Operand =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'result'; readonly fallback: number | null }
  | { readonly kind: 'length' }
  | { readonly kind: 'test'; readonly of: Expression };

class Unreadable extends Error {}

const tokenPattern = /\s*(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|[A-Za-z_][\w.]*|&&|\|\||[<>=!]=|[<>!()[\],-])/y;
const mostCharacters = 1000;
const mostDepth = 50;

/** The expression, or why it has no counterpart. */
export function parseCondition(text: string): Expression | string {
  if (text.length > mostCharacters) return 'it is too long to be read';
  try {
    return new Parser(tokensOf(text)).whole();
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  for (let at = 0; at < text.trimEnd().length; at = tokenPattern.lastIndex) {
    const token = tokenPattern.exec(text)?.[1];
    if (token === undefined)
      throw new Unreadable(`it has more than comparisons of the result: ${text.slice(at, at + 20).trim()}`);
    tokens.push(token);
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const condition = testOf(this.#or());
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new Unreadable(`it has more than comparisons of the result: ${rest}`);
    return condition;
  }

  #or(): Operand {
    let left = this.#and();
    while (this.#take('||') || this.#take('or')) {
      left = { kind: 'test', of: { kind: 'or', a: testOf(left), b: testOf(this.#and()) } };
    }
    return left;
  }

  #and(): Operand {
    let left = this.#not();
    while (this.#take('&&') || this.#take('and')) {
      left = { kind: 'test', of: { kind: 'and', a: testOf(left), b: testOf(this.#not()) } };
    }
    return left;
  }

  #not(): Operand {
    if (!this.#take('!') && !this.#take('not')) return this.#comparison();
    this.#deeper();
    return { kind: 'test', of: { kind: 'not', of: testOf(this.#not()) } };
  }

  #comparison(): Operand {
    const left = this.#operand();
    const sign = this.#sign();
    return sign === undefined ? left : { kind: 'test', of: comparisonOf(left, sign, this.#operand()) };
  }

  #sign(): Sign | undefined {
    const signs: readonly Sign[] = ['<', '<=', '>', '>=', '==', '!='];
    return signs.find((sign) => this.#take(sign));
  }

  #operand(): Operand {
    const token = this.#tokens[this.#at++] ?? '';
    if (token === '(') return this.#inBrackets();
    if (token === '-') {
      this.#deeper();
      return negative(this.#operand());
    }
    if (/^[.\d]/.test(token)) return { kind: 'number', value: Number(token) };
    if (token === 'result') {
      this.#index();
      return { kind: 'result', fallback: null };
    }
    if (['len', 'isNaN', 'isNil', 'asFloat', 'float', 'default'].includes(token) && this.#take('('))
      return this.#call(token);
    throw new Unreadable(
      token === '' ? 'it ends too early' : `it has more than comparisons of the result: ${token}`,
    );
  }

  #inBrackets(): Operand {
    this.#deeper();
    const inside = this.#or();
    this.#expect(')');
    return inside;
  }

  #call(name: string): Operand {
    this.#deeper();
    const argument = this.#operand();
    const fallback = name === 'default' ? this.#fallback() : null;
    this.#expect(')');
    if (argument.kind !== 'result')
      throw new Unreadable(`it calls ${name} of something else than the result`);
    if (name === 'len') return { kind: 'length' };
    if (name === 'isNaN' || name === 'isNil') return { kind: 'test', of: { kind: 'noData' } };
    return { kind: 'result', fallback: fallback ?? argument.fallback };
  }

  #fallback(): number {
    this.#expect(',');
    const operand = this.#operand();
    if (operand.kind !== 'number') throw new Unreadable('its default is no number');
    return operand.value;
  }

  /** The first of a list is its value: a query of a check must give one series. */
  #index(): void {
    if (!this.#take('[')) return;
    const index = this.#tokens[this.#at++];
    if (index !== '0')
      throw new Unreadable(`it asks for entry ${index ?? ''} of the result, and a check has one value`);
    this.#expect(']');
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new Unreadable(`it lacks a "${token}"`);
  }

  #deeper(): void {
    this.#depth += 1;
    if (this.#depth > mostDepth) throw new Unreadable('it is too deep to be read');
  }
}

function testOf(operand: Operand): Expression {
  if (operand.kind === 'test') return operand.of;
  throw new Unreadable('it compares nothing with a number');
}

const mirrored: Readonly<Record<Sign, Sign>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

function comparisonOf(left: Operand, sign: Sign, right: Operand): Expression {
  if (left.kind === 'number' && right.kind !== 'number') return comparisonOf(right, mirrored[sign], left);
  if (right.kind === 'number') {
    if (left.kind === 'result') return { kind: 'compare', sign, limit: right.value, fallback: left.fallback };
    if (left.kind === 'length') return emptiness(sign, right.value);
  }
  throw new Unreadable('it compares something else than the result with a number');
}

/** Of a list that has one entry or none. */
function emptiness(sign: Sign, limit: number): Expression {
  const text = `${sign}${limit}`;
  if (['==0', '<1', '<=0', '!=1'].includes(text)) return { kind: 'noData' };
  if (['>0', '>=1', '!=0', '==1'].includes(text)) return { kind: 'not', of: { kind: 'noData' } };
  throw new Unreadable('it counts the series of the result, and the query of a check must give one');
}

function negative(operand: Operand): Operand {
  if (operand.kind === 'number') return { kind: 'number', value: -operand.value };
  throw new Unreadable('it calculates with the result');
}
