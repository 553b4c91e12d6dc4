/** A picture that is redrawn where it stands. */
import { expect, test } from 'vitest';
import { takePlace } from '../../../src/cli/redraw.ts';

function terminal() {
  const written: string[] = [];
  return { written, write: (text: string) => void written.push(text), isTTY: true, columns: 80, rows: 24 };
}

test('the next frame is written over the last one, and what is longer of that one goes', () => {
  const out = terminal();
  const place = takePlace(out);
  place.draw(['one', 'two']);
  place.draw(['three']);
  expect(out.written[1]).toBe('\u001b[?2026h\u001b[2A\rthree\u001b[K\n\u001b[J\u001b[?2026l');
});

test('a frame that is as the last one is not written', () => {
  const out = terminal();
  const place = takePlace(out);
  place.draw(['one']);
  place.draw(['one']);
  expect(out.written).toHaveLength(1);
});

test('lines that a narrower terminal has wrapped are taken back too, colours take no room', () => {
  const out = terminal();
  const place = takePlace(out);
  place.draw([`\u001b[31m${'x'.repeat(70)}\u001b[39m`, '']);
  out.columns = 40;
  place.draw(['short']);
  expect(out.written[1]).toContain('\u001b[3A\rshort');
});
