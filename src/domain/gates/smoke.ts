/** What a step of a smoke test expects of an answer, and what is wrong with the one that came. Pure. */
import { parsedJson } from '../parsed-json.ts';
import { valueAt } from './json.ts';
import { fits } from './pattern.ts';

type Scalar = string | number | boolean | null;

export interface Expectation {
  readonly status: readonly number[];
  /** By name; `*` at the end means all that begin so. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contains: readonly string[];
  /** By path, such as `$.items[0].id`. */
  readonly json: Readonly<Record<string, Scalar>>;
  readonly maxLatencyMs: number | null;
}

export interface StepAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
  readonly latencyMs: number;
}

/** Empty: it is as expected. What the answer says is not told, since it may be anybody's. */
export function faultsOf(expected: Expectation, answer: StepAnswer): string[] {
  const { status, headers, text, latencyMs } = answer;
  const body = Object.keys(expected.json).length === 0 ? null : parsedJson(text);
  return [
    ...(expected.status.includes(status)
      ? []
      : [`the status is ${status}, not ${expected.status.join(' or ')}`]),
    ...Object.entries(expected.headers).flatMap(([name, wanted]) => {
      const found = headers.get(name);
      if (found !== null && fits(wanted, found)) return [];
      return [`the header ${name} is ${found === null ? 'missing' : 'another'}, not ${wanted}`];
    }),
    ...expected.contains.flatMap((part) =>
      text.includes(part) ? [] : [`the body does not contain "${part}"`],
    ),
    ...Object.entries(expected.json).flatMap(([path, wanted]) => {
      const found = valueAt(body, path);
      return found === wanted ? [] : [`${path} is ${shownAs(found)}, not ${JSON.stringify(wanted)}`];
    }),
    ...(expected.maxLatencyMs !== null && latencyMs > expected.maxLatencyMs
      ? [`it took ${Math.round(latencyMs)} ms, and ${expected.maxLatencyMs} ms is the most`]
      : []),
  ];
}

/** Values for later steps, by name; what is not there or is no scalar is told instead. */
export function keptFrom(
  text: string,
  paths: Readonly<Record<string, string>>,
): { readonly values: Readonly<Record<string, string>> } | { readonly missing: string } {
  const body = Object.keys(paths).length === 0 ? null : parsedJson(text);
  const found = Object.entries(paths).map(([name, path]) => ({ name, path, value: valueAt(body, path) }));
  const bad = found.find(({ value }) => !['string', 'number', 'boolean'].includes(typeof value));
  if (bad !== undefined) return { missing: `there is no ${bad.path} to keep as ${bad.name}` };
  return { values: Object.fromEntries(found.map(({ name, value }) => [name, String(value)])) };
}

function shownAs(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return typeof value === 'string' ? 'another text' : 'no single value';
}
