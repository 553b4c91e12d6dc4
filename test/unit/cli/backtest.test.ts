/** `sluice backtest`: what it asks the API for, what it prints, and the page that it writes. */
import { expect, test } from 'vitest';
import { backtestPage } from '../../../src/backtest/chart.ts';
import type { Backtest } from '../../../src/backtest/types.ts';
import { parseWhen } from '../../../src/cli/when.ts';
import { fakeIo, sluice } from './fakes.ts';

const point = { kind: 'pass', canary: 98, stable: 99.9, low: 90, high: 101, eValue: 1.5 } as const;
const found: Backtest = {
  target: 'demo/<shop>',
  canary: 'v2',
  stable: 'v1',
  fromMs: 1_700_000_000_000,
  toMs: 1_700_000_600_000,
  outcome: { kind: 'rolled-back', atMs: 1_700_000_010_000, afterMs: 10_000, reason: 'too many errors' },
  looks: 2,
  stages: [
    {
      name: '5%',
      weightPercent: 5,
      fromMs: 1_700_000_000_000,
      toMs: 1_700_000_010_000,
      ending: 'rolled-back',
      looks: 2,
      firstFailure: { check: 'success-rate', reason: 'bad', atMs: 1_700_000_010_000, looks: 2 },
      checks: [
        {
          name: 'success-rate',
          kind: 'counts',
          unit: '%',
          looks: { pass: 1, fail: 1, 'no-data': 0, error: 0 },
          firstFailureMs: 1_700_000_010_000,
          last: { kind: 'fail', reason: 'bad' },
          points: [
            { ...point, atMs: 1_700_000_005_000 },
            { ...point, atMs: 1_700_000_010_000, kind: 'fail', eValue: 900 },
          ],
        },
      ],
    },
  ],
  timeline: [],
  notes: ['left out, since probes have no history: database'],
};

const line = ['backtest', 'plan.yaml', '--stable', 'v1', '--canary', 'v2', '--from', '-2h', '--share', '5'];

/** The API's answer is given; the request is kept. */
async function run(args: readonly string[]) {
  const asked: unknown[] = [];
  const written: string[] = [];
  const io = fakeIo({
    now: () => 10_000_000,
    fetch: async (_input, init) => {
      asked.push(JSON.parse(String(init?.body)));
      return Response.json(found);
    },
    writeText: async (path, text) => {
      written.push(path, text);
    },
  });
  return { ...(await sluice(args, {}, io)), asked, written };
}

test('asks for the time and the versions that the command line names', async () => {
  const { code, asked } = await run([...line, '--to', '-1h', '--stage', '2']);
  expect(code).toBe(0);
  const times = { fromMs: 2_800_000, toMs: 6_400_000 };
  expect(asked).toEqual([
    { plan: 'version: v2\n', stable: 'v1', canary: 'v2', share: 5, stage: 2, ...times },
  ]);
});

test('prints stages, checks and what would have happened when', async () => {
  const { out } = await run(line);
  expect(out).toContain('stage 5%: rolled-back after 10s, 2 looks');
  expect(out).toMatch(/5% +success-rate +1 +1 +0 +0 +after 10s +bad/);
  expect(out).toContain('would have been rolled-back after 10s (2023-11-14 22:13:30 UTC): too many errors');
  expect(out).toContain('note: left out');
});

test('prints the answer as it came for machines, and writes the page beside', async () => {
  const { out, written } = await run([...line, '--json', '--out', 'report.html']);
  expect(JSON.parse(out)).toEqual(found);
  expect(written).toEqual(['report.html', backtestPage(found)]);
});

test('the page holds a picture of each check, marks its failure, and asks nobody for anything', () => {
  const page = backtestPage(found);
  expect(page).toContain('demo/&lt;shop&gt;');
  expect(page.match(/<svg /g)).toHaveLength(1);
  expect(page).toContain('<polygon class="b"');
  expect(page).toContain('fail after 10s, evidence 900');
  expect(page).toContain('prefers-color-scheme:dark');
  expect(page).not.toMatch(/https?:|<script|<link|src=|url\(/);
});

test.each([
  [['--from', 'yesterday'], 'Write -2h'],
  [['--from', '2026-11-21T10:00:00'], 'Write -2h'],
  [['--from', '-2'], 'has no unit'],
  [['--from', '-2h', '--stage', '0'], 'number of a stage'],
  [['--from', '-2h', '--share', '101'], 'percent'],
])('refuses %j', async (more, says) => {
  const { code, err } = await run(['backtest', 'plan.yaml', '--stable', 'v1', ...more]);
  expect(code).toBe(2);
  expect(err).toContain(says);
});

test.each([
  ['now', 5_000],
  ['-3s', 2_000],
  ['1700000000', 1_700_000_000_000],
  ['1700000000123', 1_700_000_000_123],
  ['2023-11-14T22:13:20Z', 1_700_000_000_000],
  ['2023-11-14T23:13:20+01:00', 1_700_000_000_000],
])('reads the time %s', (text, ms) => {
  expect(parseWhen(text)(5_000)).toBe(ms);
});
