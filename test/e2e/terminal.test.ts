/** The built command line on a real pseudo-terminal, and through a pipe: what it draws, and what it leaves. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { repoRoot } from '../../src/stack/tools.ts';
import { viewOf } from '../unit/api/fakes.ts';
import { type FakeApi, serveApi } from '../unit/cli/fakes.ts';

const main = join(repoRoot(), 'dist/cli/main.js');
const [rows, columns] = [14, 70];
const said = 'a reason that is far too long for this terminal '.repeat(3);
let api: FakeApi;
let asked = 0;
beforeAll(async () => {
  api = await serveApi({
    get: async () => {
      asked += 1;
      if (asked > 8) return viewOf({ phase: 'promoted', outcome: 'promoted' });
      return viewOf({ phase: 'holding', holdReason: `look ${asked}: ${said}` });
    },
  });
});
afterAll(() => api.close());

/** `script` makes a terminal and passes on what is written to it. */
function onTerminal(...args: readonly string[]) {
  const line = [process.execPath, main, ...args, '--api', api.url].map((word) => `'${word}'`).join(' ');
  return output('script', ['-qec', `stty rows ${rows} cols ${columns}; ${line}`, '/dev/null']);
}

function output(command: string, args: readonly string[]): Promise<{ text: string; code: number }> {
  const env = { ...process.env, TERM: 'xterm-256color', NO_COLOR: '' };
  return new Promise((resolve) => {
    const child = execFile(command, args, { env }, (_, stdout) =>
      resolve({ text: stdout, code: child.exitCode ?? -1 }),
    );
    child.stdin?.end();
  });
}

it.skipIf(process.platform !== 'linux')(
  'draws whole frames within the terminal, over one another and never cleared, and leaves the last one',
  async () => {
    asked = 0;
    const { text, code } = await onTerminal('watch', 'demo/shop');
    const frames = text
      .split('\u001b[?2026h')
      .slice(1)
      .map((frame) => frame.split('\u001b[?2026l')[0] ?? '');
    expect(frames.length).toBeGreaterThan(2);
    expect(text).not.toContain('\u001b[2J');
    for (const frame of frames) {
      const lines = stripVTControlCharacters(frame).trimEnd().split('\r\n');
      expect(lines.length).toBeLessThan(rows);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
    }
    expect(text).toContain('\u001b[33m');
    expect(text.trimEnd()).toMatch(/demo\/shop v2 promoted$/);
    expect(code).toBe(0);
  },
);

it('writes lines without any control character where there is no terminal', async () => {
  asked = 0;
  const { text, code } = await output(process.execPath, [main, 'watch', 'demo/shop', '--api', api.url]);
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  expect(text.trimEnd()).toMatch(/demo\/shop v2 promoted$/);
  expect(code).toBe(0);
});
