/** The few SVG parts that the bench's pictures are made of; legible on light and dark pages alike. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Colours that differ in lightness too, so that they are told apart without seeing colours. */
const ruleColours: Readonly<Record<string, string>> = {
  sluice: '#2f6fde',
  oracle: '#888888',
  'flagger-1': '#e8850c',
  'flagger-5': '#b8560a',
  'flagger-10': '#7d3a06',
  'argo-0': '#d6498f',
  'argo-3': '#8e2459',
  'argo-60s': '#ee8fbe',
  'kayenta-once': '#167a5c',
  'kayenta-growing': '#3db88f',
};

export function colourOf(rule: string): string {
  return ruleColours[rule] ?? '#888888';
}

/** A whole file. `title` is what a screen reader says. */
export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  const style =
    'text{font:12px system-ui,sans-serif;fill:#222}.s{font-size:10px;fill:#666}.h{font-weight:600}' +
    '.g{stroke:#8884;stroke-width:1}.l{stroke:#c33;stroke-width:1;stroke-dasharray:4 3}.b{fill:#fff}.o{fill:none}' +
    '@media(prefers-color-scheme:dark){text{fill:#ddd}.s{fill:#aaa}.b{fill:#161b22}}';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${style}</style><rect class="b" width="${width}" height="${height}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

export function text({ x, y }: Point, words: string, kind = '', anchor = 'start'): string {
  return `<text x="${short(x)}" y="${short(y)}" class="${kind}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

/** `kind` g: a line of the grid, l: a limit. */
export function line(from: Point, to: Point, kind: 'g' | 'l'): string {
  return `<line x1="${short(from.x)}" y1="${short(from.y)}" x2="${short(to.x)}" y2="${short(to.y)}" class="${kind}"/>`;
}

interface Stroke {
  readonly colour: string;
  readonly wide: boolean;
  readonly dashed: boolean;
}

export function polyline(points: readonly Point[], { colour, wide, dashed }: Stroke): string {
  const list = points.map(({ x, y }) => `${short(x)},${short(y)}`).join(' ');
  const dashes = dashed ? ' stroke-dasharray="3 4"' : '';
  return `<polyline points="${list}" fill="none" stroke="${colour}" stroke-width="${wide ? 3 : 1.5}"${dashes}/>`;
}

/** A filled dot, or a ring, within `dots`; `says` shows when one points at it. */
export function dot({ x, y }: Point, filled: boolean, says: string): string {
  const kind = filled ? '' : ' class="o"';
  return `<circle${kind} cx="${short(x)}" cy="${short(y)}" r="3.5"><title>${escaped(says)}</title></circle>`;
}

export function dots(colour: string, inside: readonly string[]): string {
  return `<g fill="${colour}" stroke="${colour}" fill-opacity=".7">${inside.join('')}</g>`;
}

/**
 * The place of a value on a logarithmic axis from `low` at `from` to `high` at `to`; values outside stay at the ends.
 */
export function logarithmic(low: number, high: number, from: number, to: number): (value: number) => number {
  return (value) => {
    const part = Math.log(Math.min(Math.max(value, low), high) / low) / Math.log(high / low);
    return from + part * (to - from);
  };
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
