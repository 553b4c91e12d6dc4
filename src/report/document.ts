/**
 * A report before it is written down: plain texts in blocks. Whoever writes it escapes them; no block holds markup but
 * charts.
 */

interface Table {
  readonly kind: 'table';
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** SVG that was made here, and the same in words for those who see no pictures. */
export interface Chart {
  readonly kind: 'chart';
  readonly svg: string;
  readonly caption: string;
}

export type Block =
  | Table
  | Chart
  | { readonly kind: 'text'; readonly text: string; readonly tone?: Tone }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** Names and what they are. */
  | { readonly kind: 'facts'; readonly pairs: readonly (readonly [string, string])[] };

type Tone = 'good' | 'bad' | 'soft';

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportDocument {
  readonly title: string;
  /** What a reader with ten seconds should know. */
  readonly summary: readonly Block[];
  readonly sections: readonly Section[];
}

export function text(content: string, tone?: Tone): Block {
  return { kind: 'text', text: content, ...(tone === undefined ? {} : { tone }) };
}

/** A table, or a sentence where it would have no rows. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], empty: string): Block {
  return rows.length === 0 ? text(empty, 'soft') : { kind: 'table', header, rows };
}
