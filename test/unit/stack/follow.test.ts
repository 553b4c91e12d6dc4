/** The demo's picture of a rollout on terminals that are too low for all of it. */
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { DemoClient } from '../../../src/stack/api-client.ts';
import { followRollout } from '../../../src/stack/follow.ts';
import { createScreen } from '../../../src/stack/screen.ts';
import { happenings, runId, viewOf } from '../api/fakes.ts';

const timeline = happenings(9);
const ended = viewOf({ timeline, outcome: 'promoted', phase: 'promoted', endedAtMs: 9_000 });

/** The lines of the only picture of a rollout that has ended. */
async function drawn(rows: number): Promise<string[]> {
  const written: string[] = [];
  const output = { isTTY: true, columns: 80, rows, write: (text: string) => written.push(text) };
  const client: DemoClient = {
    start: () => Promise.reject(new Error('nothing is started here')),
    rollout: async () => ended,
    load: () => Promise.reject(new Error('nobody counts')),
  };
  const options = { deadlineMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  await followRollout(client, runId, createScreen(output), options);
  return stripVTControlCharacters(written.join('')).trimEnd().split('\n');
}

const story = (lines: readonly string[]) => lines.flatMap((line) => /happening \d/.exec(line) ?? []);

test('a high terminal has six lines of the story', async () => {
  expect(story(await drawn(40))).toEqual([4, 5, 6, 7, 8, 9].map((at) => `happening ${at}`));
});

test.each([10, 7, 5, 3])('in %d rows the newest line of the story stays, and the heading', async (rows) => {
  const lines = await drawn(rows);
  expect(lines.length).toBeLessThanOrEqual(rows - 1);
  expect(lines[0]).toContain('demo/shop');
  expect(story(lines).at(-1)).toBe('happening 9');
});
