/**
 * A terminal taken over as a whole and given back as it was. Only lines that changed are written, so nothing flickers.
 */
import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../io.ts';

const enter = '\u001b[?1049h\u001b[?25l\u001b[2J';
const leave = '\u001b[?25h\u001b[?1049l';
/** Terminals that know these show a frame only when it is whole; others pass them over. */
const [beginFrame, endFrame] = ['\u001b[?2026h', '\u001b[?2026l'];

interface FullScreen {
  draw(lines: readonly string[]): void;
  close(): void;
}

export function takeScreen(out: Output): FullScreen {
  let drawn: readonly string[] = [];
  let size = sizeOf(out);
  out.write(enter);
  return {
    draw(lines) {
      const resized = size !== sizeOf(out);
      size = sizeOf(out);
      const before = resized ? [] : drawn;
      const count = Math.max(lines.length, before.length);
      let changes = resized ? '\u001b[2J' : '';
      for (let at = 0; at < count; at += 1) {
        const line = lines[at] ?? '';
        if (line !== before[at]) changes += `\u001b[${at + 1};1H${line}${restOf(line, out.columns)}`;
      }
      drawn = lines;
      if (changes !== '') out.write(`${beginFrame}${changes}${endFrame}`);
    },
    close: () => out.write(leave),
  };
}

/** Clears what stood behind the line. After the last column terminals would clear its last character instead. */
function restOf(line: string, columns: number): string {
  return stripVTControlCharacters(line).length < columns ? '\u001b[K' : '';
}

function sizeOf({ columns, rows }: Output): string {
  return `${columns}x${rows}`;
}
