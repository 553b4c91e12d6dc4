/**
 * A picture that is redrawn where it stands, below what was printed before. Lines are written over, not cleared first,
 * so nothing flickers.
 */
import { stripVTControlCharacters } from 'node:util';
import type { Output } from './io.ts';

/** Terminals that know these show a frame only when it is whole; others pass them over. */
const [beginFrame, endFrame] = ['\u001b[?2026h', '\u001b[?2026l'];

interface Place {
  draw(lines: readonly string[]): void;
}

export function takePlace(out: Output): Place {
  let drawn: readonly string[] = [];
  let columns = out.columns;
  return {
    draw(lines) {
      const same = columns === out.columns && lines.length === drawn.length;
      if (same && lines.every((line, at) => line === drawn[at])) return;
      columns = out.columns;
      const height = heightOf(drawn, columns);
      const up = height > 0 ? `\u001b[${height}A\r` : '';
      const text = lines.map((line) => `${line}\u001b[K\n`).join('');
      out.write(`${beginFrame}${up}${text}\u001b[J${endFrame}`);
      drawn = lines;
    },
  };
}

/** A terminal that has become narrower has wrapped what stood there. */
function heightOf(lines: readonly string[], columns: number): number {
  const rows = lines.map((line) => Math.ceil(stripVTControlCharacters(line).length / columns));
  return rows.reduce((sum, count) => sum + Math.max(1, count), 0);
}
