/** One line of a page of metrics, in Prometheus' text format. */
interface PageSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function metricLine(name: string, { labels, value }: PageSample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  const text = Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
  return `${name}{${pairs.join(',')}} ${text}`;
}
