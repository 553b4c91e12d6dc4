/** Foreign PromQL as the query of a check: its window, and whether it looks at the canary. */
import { placeholdersIn, templateProblems } from '../analysis/template.ts';
import { parseDuration } from '../duration.ts';
import { bounds } from '../plan/defaults.ts';
import type { Findings } from './finding.ts';

/** The query if a check can have it; otherwise undefined, and told. */
export function refuseQuery(
  query: string,
  path: string,
  canaryNames: readonly string[],
  findings: Findings,
): string | undefined {
  const [problem] = query.length > bounds.queryLength ? ['it is too long'] : templateProblems(query);
  if (problem !== undefined) {
    findings.lost(path, problem, 'write the check by hand');
    return undefined;
  }
  const words = placeholdersIn(query);
  const looksAtCanary =
    words.includes('version') || words.includes('canary') || canaryNames.some((name) => query.includes(name));
  if (!looksAtCanary) {
    const why = 'asks for the whole service, in which a small canary hardly shows';
    findings.changed(path, why, 'pick the canary with a label: version="{{version}}"');
  }
  return query;
}

/** A query whose ranges are all alike follows the window of its check. */
export function windowed(query: string): { readonly query: string; readonly window: string | null } {
  const ranges = [
    ...new Set([...query.matchAll(/\[(\d+(?:ms|[smhdwy])[^\]]*)\]/g)].map(([, range]) => range ?? '')),
  ];
  const [only] = ranges;
  if (only === undefined || ranges.length !== 1) return { query, window: null };
  const parsed = parseDuration(only);
  if (!parsed.ok || parsed.ms < 1_000 || parsed.ms > 86_400_000) return { query, window: null };
  return { query: query.replaceAll(`[${only}]`, '[{{window}}]'), window: only };
}
