/** Bars for a few named numbers, such as findings by severity or times of a rollback. */
import { escaped } from '../../backtest/picture.ts';

interface Bar {
  readonly name: string;
  readonly value: number;
  /** What stands behind the bar; by default the value. */
  readonly shown?: string;
  /** Beyond what is allowed. */
  readonly over?: boolean;
}

const width = 860;
const rowHeight = 24;
const left = 170;
const widest = 560;

export function barChart(label: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value), 0) || 1;
  const rows = bars.map(({ name, value, shown, over }, index) => {
    const y = index * rowHeight + 4;
    const length = (Math.max(0, value) / most) * widest;
    return [
      `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escaped(shortened(name))}</text>`,
      `<rect class="bar${over ? ' over' : ''}" x="${left}" y="${y}" width="${Math.max(1, length).toFixed(1)}" height="16"/>`,
      `<text x="${(left + length + 6).toFixed(1)}" y="${y + 13}">${escaped(shown ?? String(value))}</text>`,
    ].join('');
  });
  const height = bars.length * rowHeight + 8;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">${rows.join('')}</svg>`;
}

function shortened(name: string): string {
  return name.length > 26 ? `${name.slice(0, 25)}…` : name;
}
