/** Finds out why a query has no answer: which metric does not exist, or which of its label matchers nothing fits. */
import { type Matcher, parseSelector, selectorText } from './selector-text.ts';
import type { MetricsProvider, Series } from './types.ts';

export interface EmptyHint {
  /** The selector in the query that this is about. */
  readonly selector: string;
  /** The matcher without which there is data; null: it is none of them alone. */
  readonly matcher: string | null;
  /** Values that its label has where the others fit; empty where the label does not exist. */
  readonly values: readonly string[];
  /** One plain sentence. */
  readonly text: string;
}

/** Selectors of one query that are looked into. */
const maxSelectors = 4;
const shownValues = 10;

/** Best effort: what cannot be found out is left out. */
export async function explainEmpty(
  provider: MetricsProvider,
  query: string,
  signal: AbortSignal,
): Promise<readonly EmptyHint[]> {
  const hints = selectorsIn(query)
    .slice(0, maxSelectors)
    .map((text) => hintsFor(provider, text, signal).catch(() => []));
  return (await Promise.all(hints)).flat();
}

async function hintsFor(
  provider: MetricsProvider,
  text: string,
  signal: AbortSignal,
): Promise<readonly EmptyHint[]> {
  const { name, matchers } = parseSelector(text);
  const ask = (some: readonly Matcher[]) =>
    provider.instant(selectorText({ name, matchers: some }), { signal });
  const selector = selectorText({ name, matchers });
  const about = (
    sentence: string,
    matcher: string | null = null,
    values: readonly string[] = [],
  ): EmptyHint => ({
    selector,
    matcher,
    values,
    text: sentence,
  });
  const whole = await ask(matchers);
  if (whole.length > 0) {
    return [
      about(
        `${selector} has ${countOf(whole)}; what is done with them gives no number: too few samples in the window, or a division by nothing`,
      ),
    ];
  }
  const without = await Promise.all(
    matchers.map(async (matcher) => ({
      matcher,
      series: await ask(matchers.filter((one) => one !== matcher)),
    })),
  );
  const guilty = without.filter(({ series }) => series.length > 0);
  if (guilty.length > 0) {
    return guilty.map(({ matcher, series }) => {
      const written = selectorText({ name: '', matchers: [matcher] }).slice(1, -1);
      const values = valuesOf(series, matcher.label);
      const seen =
        values.length === 0
          ? `they have no label ${matcher.label}`
          : `${matcher.label} is ${values.join(', ')}`;
      return about(`without ${written} there are ${countOf(series)} of ${name}: ${seen}`, written, values);
    });
  }
  const any = await ask([]);
  if (any.length === 0) return [about(`there is no metric ${name}`)];
  const labels = [...new Set(any.flatMap((one) => Object.keys(one.labels)))]
    .filter((label) => label !== '__name__')
    .sort();
  const missing = matchers.map(({ label }) => label).filter((label) => !labels.includes(label));
  const lacks =
    missing.length === 0 ? 'more than one matcher fits nothing' : `it has no label ${missing.join(', ')}`;
  return [about(`${name} has ${countOf(any)}, but ${lacks}; its labels are ${labels.join(', ')}`)];
}

/** Every selector that names a metric and has matchers, each once. */
function selectorsIn(query: string): string[] {
  const form = /[a-zA-Z_:][a-zA-Z0-9_:]*\s*\{(?:[^"'{}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*\}/g;
  return [...new Set([...query.matchAll(form)].map(([text]) => text))];
}

function valuesOf(series: readonly Series[], label: string): string[] {
  const values = series.flatMap(({ labels }) => (labels[label] === undefined ? [] : [labels[label]]));
  return [...new Set(values)].sort().slice(0, shownValues);
}

function countOf(series: readonly Series[]): string {
  return series.length === 1 ? '1 series' : `${series.length} series`;
}
