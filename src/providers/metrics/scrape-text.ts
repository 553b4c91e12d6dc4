/**
 * Reads a page of metrics in Prometheus' text format (or OpenMetrics'): strict, so one line that is none spoils the
 * page.
 */
import { SluiceError } from '../../domain/errors.ts';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const nameAt = /([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*/y;
const labelAt = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*/y;
// A timestamp or an exemplar may follow the value; when the page was read is known better here.
const valueAt = /[ \t]*([-+.0-9a-zA-Z]+)(?:[ \t]+[-+.0-9eE]+)?(?:[ \t]+#.*)?[ \t\r]*$/y;

/** The samples whose names are wanted. Throws `metrics-unavailable` with the number of a line that cannot be read. */
export function parsePage(url: string, text: string, wanted: (name: string) => boolean): Sample[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const sample = sampleOf(line);
    if (sample !== null) return wanted(sample.name) ? [sample] : [];
    throw new SluiceError('metrics-unavailable', `Line ${index + 1} of ${url} is no sample of a metric.`);
  });
}

function sampleOf(line: string): Sample | null {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const name = take(nameAt)?.[1];
  if (name === undefined) return null;
  const labels = new Map<string, string>();
  if (line[at] === '{') {
    at += 1;
    while (line[at] !== '}') {
      const [, label, value] = take(labelAt) ?? [];
      if (label === undefined || value === undefined || labels.has(label)) return null;
      labels.set(label, unescaped(value));
      if (line[at] === ',') at += 1;
      else if (line[at] !== '}') return null;
    }
    at += 1;
  }
  const value = numberOf(take(valueAt)?.[1] ?? '');
  return value === null ? null : { name, labels: Object.fromEntries(labels), value };
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_whole, sign: string) => (sign === 'n' ? '\n' : sign));
}

function numberOf(text: string): number | null {
  if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : null;
}
