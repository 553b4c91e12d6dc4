/** Which pages a query is about: those whose labels fit, their addresses filled in from what the query asks for. */
import { fillTemplate, placeholdersIn } from '../../domain/analysis/template.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { PageTarget } from './scrape-page.ts';
import type { ScrapeTarget } from './scrape-settings.ts';
import { matcherTest, type Selector } from './selector-text.ts';

/** What may be filled into an address: nothing that could leave its place there. */
const fillable = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

/**
 * The targets that may have what is asked for, their addresses filled in. Throws `metrics-query` where the query says
 * too little.
 */
export function targetsFor(
  targets: readonly ScrapeTarget[],
  { matchers }: Selector,
): readonly (PageTarget & { readonly index: number })[] {
  const asked = Object.fromEntries(
    matchers.filter(({ operator }) => operator === '=').map(({ label, value }) => [label, value]),
  );
  const missing = new Set<string>();
  const found = targets.flatMap(({ url, labels, labelsFrom }, index) => {
    const names = placeholdersIn(url);
    const unknown = names.filter((name) => !fillable.test(asked[name] ?? ''));
    for (const name of unknown) missing.add(name);
    if (unknown.length > 0) return [];
    const filled = Object.fromEntries(names.map((name) => [name, asked[name] ?? '']));
    const all = { ...labels, ...filled };
    const fits = matcherTest({ matchers: matchers.filter(({ label }) => Object.hasOwn(all, label)) })(all);
    return fits ? [{ index, url: fillTemplate(url, asked), labels: all, labelsFrom }] : [];
  });
  if (found.length > 0 || missing.size === 0) return found;
  const list = [...missing].map((name) => `${name}="…"`).join(', ');
  throw new SluiceError(
    'metrics-query',
    `The query must say ${list}: the addresses of the pages are made of it.`,
  );
}
