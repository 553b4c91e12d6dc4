/**
 * The one expression that pages of metrics are asked with beside selectors: by how much counters grew, as presets ask
 * for histograms.
 */
import { increaseIn, seenBy } from '../../domain/analysis/counter-increase.ts';
import { parseSelector, type Selector } from './selector-text.ts';
import type { Series } from './types.ts';

interface Growth {
  readonly selector: Selector;
  readonly rangeMs: number;
  /** The labels by which series are added up; none: into one. */
  readonly by: readonly string[];
}

const form = /^\s*sum\s*(?:by\s*\(([a-zA-Z0-9_,\s]*)\)\s*)?\(\s*increase\s*\((.*)\)\s*\)\s*$/s;

/**
 * Of `sum by (le) (increase(name{label="value"}[10m]))`; null: it is something else. Throws `metrics-query` for a
 * selector that is none.
 */
export function parseGrowth(query: string): Growth | null {
  const [, labels = '', inner] = form.exec(query) ?? [];
  if (inner === undefined) return null;
  const selector = parseSelector(inner);
  if (selector.rangeMs === null) return null;
  const by = labels
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
  return { selector: { ...selector, rangeMs: null }, rangeMs: selector.rangeMs, by };
}

/** Exact where Prometheus extrapolates. Of a time longer than samples are kept, it is what they tell. */
export function grownIn(series: readonly Series[], { rangeMs, by }: Growth, toMs: number): readonly Series[] {
  const fromMs = toMs - rangeMs;
  const all = series.map(({ points }) => points);
  const watched = seenBy(all, fromMs);
  const groups = new Map<string, { labels: Record<string, string>; members: Series['points'][] }>();
  for (const { labels, points } of series) {
    const kept = Object.fromEntries(by.map((label) => [label, labels[label] ?? '']));
    const key = JSON.stringify(kept);
    const group = groups.get(key) ?? { labels: kept, members: [] };
    group.members.push(points);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ labels, members }) => {
    const met = members.some((points) => points.some(([atMs]) => atMs > fromMs && atMs <= toMs));
    return met ? [{ labels, points: [[toMs, increaseIn(members, fromMs, toMs, watched)] as const] }] : [];
  });
}
