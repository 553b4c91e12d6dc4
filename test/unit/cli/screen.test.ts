/** What a followed rollout looks like on a terminal that has little room. */
import { expect, test } from 'vitest';
import { createScreen } from '../../../src/cli/screen.ts';
import { happenings, viewOf } from '../api/fakes.ts';

const timeline = happenings(9);

/** The lines of the last picture. */
function drawn(rows: number, failing: boolean): string[] {
  let frame = '';
  const write = (text: string) => {
    frame = text;
  };
  const out = { write, isTTY: true, columns: 60, rows };
  const screen = createScreen(
    { out, env: { NO_COLOR: '1' }, now: () => 10_000, resized: () => () => {} },
    false,
  );
  screen.show({ kind: 'view', view: viewOf({ timeline }), raw: {} });
  if (failing) screen.show({ kind: 'blind', why: 'reset', sinceMs: 4_000 });
  screen.close();
  const codes = new RegExp(`${String.fromCharCode(27)}\\[\\??\\d*[a-zA-Z]`, 'g');
  return frame.replace(codes, '').replaceAll('\r', '').trimEnd().split('\n');
}

const story = (lines: readonly string[]) => lines.flatMap((line) => /happening \d/.exec(line) ?? []);

test('a high terminal has six lines of the story', () => {
  expect(story(drawn(40, false))).toEqual([4, 5, 6, 7, 8, 9].map((at) => `happening ${at}`));
});

test.each([12, 9, 7, 5, 3])('in %d rows the newest line of the story stays, and the heading', (rows) => {
  const lines = drawn(rows, false);
  expect(lines.length).toBeLessThanOrEqual(rows - 1);
  expect(lines[0]).toContain('demo/shop');
  expect(story(lines).at(-1)).toBe('happening 9');
});

test('in a low terminal that a connection is lost is told below the newest of the story', () => {
  const lines = drawn(10, true);
  expect(lines).toHaveLength(9);
  expect(lines.at(-3)).toContain('happening 9');
  expect(lines.at(-2)).toContain('connection lost: reset');
});
