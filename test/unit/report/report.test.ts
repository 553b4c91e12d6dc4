/**
 * Reports of every kind over recorded rollouts: what they must tell, and that nothing from outside is more than text in
 * them.
 */
import { describe, expect, test } from 'vitest';
import { judgeReadiness, type ReadinessCheck } from '../../../src/domain/gates/readiness.ts';
import type { GateReport } from '../../../src/domain/gates/types.ts';
import { emptySeries, withLook } from '../../../src/domain/rollout/series.ts';
import { text } from '../../../src/report/document.ts';
import { lookChart, looksOf } from '../../../src/report/looks.ts';
import { markdownOf } from '../../../src/report/markdown.ts';
import { reportKinds } from '../../../src/report/names.ts';
import { writeReport } from '../../../src/report/report.ts';
import { number } from '../../../src/report/words.ts';
import { poisoned, reportSource, richSource } from '../../support/report.ts';

describe('a deployment report', () => {
  test('tells the outcome, each stage, each check and each read-back', async () => {
    const page = writeReport(await reportSource('promoted'), 'deployment', 'md');
    expect(page).toMatch(/\*\*v2 of test\/promoted: promoted, after \d/);
    expect(page).toMatch(/\| 10% \| 10 % \|/);
    expect(page).toMatch(/\| 50% \| 50 % \|/);
    expect(page).toMatch(/\| success-rate \|/);
    expect(page).toMatch(/\| shift \| 10 % \| 10 % \|/);
    expect(page).toMatch(/\| promote \| 100 % \| as asked \|/);
    expect(page).toContain('sluice evidence verify test/promoted --run');
  });

  test('says why a promotion was kept back', async () => {
    const source = await reportSource('promoted');
    const readBack = { blocked: { cause: 'lapse', reason: 'the lease ran out' } };
    const traffic = source.traffic.map((write) => ({ ...write, readBack }));
    const page = writeReport({ ...source, traffic }, 'deployment', 'md');
    expect(page).toContain('| promote | 100 % | not done: the lease ran out |');
    expect(page).toContain('at most 0 %');
  });

  test.each([
    [{ attempts: 1, tookMs: 6 }, 'as asked'],
    [{ attempts: 3, tookMs: 2_040 }, 'as asked, after 3 tries'],
    [
      [
        { percent: 20, atMs: 1 },
        { percent: 0, atMs: 2 },
      ],
      '20 %, 0 %',
    ],
  ])('says in words how traffic was read back: %j', async (readBack, words) => {
    const source = await reportSource('promoted');
    const traffic = source.traffic.map((write) => ({ ...write, readBack }));
    expect(writeReport({ ...source, traffic }, 'deployment', 'md')).toContain(
      `| promote | 100 % | ${words} |`,
    );
  });

  test('of a rollout under way says that it is of the history so far', async () => {
    const source = await reportSource('promoted');
    const live = {
      ...source,
      rollout: { ...source.rollout, outcome: null, temporalStatus: 'RUNNING' },
      proof: null,
    };
    expect(writeReport(live, 'deployment', 'md')).toMatch(
      /under way(.|\n)*made from the history in Temporal as it is now/,
    );
  });
});

test('an incident report has the times, the cause and what is left to people', async () => {
  const page = writeReport(await reportSource('rolled-back-by-check'), 'incident', 'md');
  expect(page).toMatch(/\*\*check: /);
  expect(page).toMatch(/from first bad look to decision \| \d/);
  expect(page).toMatch(/from decision to 0 \| \d/);
  expect(page).toContain('To be filled in');
  expect(writeReport(await reportSource('promoted'), 'incident', 'md')).toContain(
    'Nothing turned this rollout round',
  );
  expect(writeReport(await reportSource('refused-by-a-gate'), 'incident', 'md')).toContain(
    'before anything was touched: signature: the image is not signed',
  );
});

test('a performance analysis compares with stable', async () => {
  const page = writeReport(await reportSource('rolled-back-by-check'), 'performance', 'md');
  expect(page).toMatch(/failed at least one look/);
  expect(page).toMatch(/\| 10% \| success-rate \| 50 % \|/);
});

test('a security assessment counts findings, and says what nobody asked', async () => {
  const page = writeReport(await richSource('promoted'), 'security', 'md');
  expect(page).toContain('2 of 2 gates about security opened');
  expect(page).toContain('0 critical, 2 high, 5 medium, 9 low');
  expect(page).toContain('let pass by exception: CVE-2030-1');
  expect(page).toMatch(/Not asked(.|\n)*who built and signed the image \(gate signature\)/);
  expect(writeReport(await reportSource('promoted'), 'security', 'md')).toContain('nothing is assured');
});

test('a security assessment takes in what smoke and readiness gates found', async () => {
  const source = await reportSource('promoted');
  const gate = { place: 'start', atMs: source.rollout.startedAtMs, facts: {}, reports: [] } as const;
  const gates: readonly GateReport[] = [
    { ...gate, name: 'login', gate: 'smoke', type: 'smoke', answer: 'open', reason: 'login: 3 steps passed' },
    { ...gate, name: 'ready', gate: 'prr', type: 'readiness', answer: 'refuse', reason: 'score 70 of 100' },
  ];
  const page = writeReport({ ...source, gates: [...gates] }, 'security', 'md');
  expect(page).toContain('1 of 2 gates about security opened; ready did not');
  const [, found = '', unasked = ''] = /## What gates found(.*)## Not asked(.*?)##/s.exec(page) ?? [];
  expect(found).toMatch(/login(.|\n)*3 steps passed/);
  expect(found).toMatch(/ready(.|\n)*score 70 of 100/);
  expect(unasked).toContain('who built and signed the image (gate signature)');
  expect(unasked).not.toMatch(/gate (smoke|readiness)\)/);
});

test('compliance evidence names controls as gates do, and who approved', async () => {
  const page = writeReport(await richSource('approved-and-promoted-by-hand'), 'compliance', 'md');
  expect(page).toMatch(/\| ISO 27001 A\.8\.32 \| met \| phases \| before the rollout \| open \|/);
  expect(page).toMatch(/\| SOC 2 CC7\.1 \| NOT met \|/);
  expect(page).toMatch(/3 controls spoken of by gates; not met: SOC 2 CC7\.1/);
  expect(page).toContain('Only who started it approved it');
  expect(writeReport(await reportSource('promoted'), 'compliance', 'md')).toContain(
    'maps nothing to a standard',
  );
});

test('compliance evidence does not call all controls met if some have no name', async () => {
  const source = await richSource('promoted');
  const gates = source.gates.map((gate) =>
    gate.type === 'compliance'
      ? { ...gate, reports: [], facts: { controls: { 'SOC 2': { met: ['CC8.1'], open: [], left: 4 } } } }
      : gate,
  );
  const page = writeReport({ ...source, gates }, 'compliance', 'md');
  expect(page).toMatch(/\| SOC 2 CC8\.1 \| met \|/);
  expect(page).toMatch(/^1 control spoken of by gates, all met\.$/m);
  expect(page).toContain('Gates counted 4 more controls without naming them');
});

test('a readiness report has categories, scores, blockers and actions, of the raw report or of facts', async () => {
  const checks: readonly ReadinessCheck[] = [
    {
      ...{ name: 'load', category: 'performance', blocker: true, weight: 1, action: 'run the load test' },
      of: { fact: 'load', min: null, max: null, maxAgeMs: 1_000 },
    },
    {
      ...{ name: 'backups', category: 'reliability', blocker: false, weight: 1, action: null },
      of: { fact: 'backups', min: null, max: null, maxAgeMs: 1_000 },
    },
  ];
  const facts = new Map([['backups', { value: true, atMs: 0, detail: null }]]);
  const verdict = judgeReadiness(checks, { facts, gates: [], nowMs: 0 }, 90);
  const source = await richSource('promoted');
  const sha256 = '12'.repeat(32);
  const gate: GateReport = {
    ...{ name: 'ready', gate: 'ready', type: 'readiness', place: 'start', atMs: 0 },
    ...{ answer: verdict.answer, reason: verdict.reason },
    facts: {
      score: verdict.score,
      categories: { performance: 0, reliability: 100 },
      blockers: verdict.blockers,
      actions: verdict.actions,
    },
    reports: [{ name: 'readiness.json', mediaType: 'application/json', bytes: 2, sha256, key: null }],
  };
  const raw = (asked: string): unknown => (asked === sha256 ? verdict : null);
  const whole = writeReport({ ...source, gates: [gate], raw }, 'readiness', 'md');
  expect(whole).toMatch(/\*\*ready: NOT ready, score 50 of 100\./);
  expect(whole).toContain('performance 0, reliability 100 (of 100)');
  expect(whole).toMatch(/## Blockers \(ready, before the rollout\)\n\n- performance: load/);
  expect(whole).toMatch(/## Recommended actions .*\n\n- run the load test/);
  expect(whole).toMatch(/\| reliability \| reliability: backups \| passed \| 100 \| no \|/);
  const short = writeReport({ ...source, gates: [gate], raw: () => null }, 'readiness', 'md');
  expect(short).toContain('performance 0, reliability 100 (of 100)');
  expect(short).toContain('single checks cannot be shown');
  expect(writeReport({ ...source, gates: [] }, 'readiness', 'md')).toContain('nothing is known of it');
});

test('an approval that was refused, or came by a signal too late, is no second person', async () => {
  const source = await richSource('approved-and-promoted-by-hand');
  const [approval] = source.actions.filter(({ name }) => name === 'approve');
  if (approval === undefined) throw new Error('the recording has no approval');
  const late = { ...approval, actor: 'eve', via: 'signal' as const, refused: null };
  const page = writeReport({ ...source, actions: [...source.actions, late] }, 'compliance', 'md');
  expect(page).toContain('Only who started it approved it');
});

test('a yes to the question whether to go back approves nothing, and is told as what it was', async () => {
  const source = await richSource('approved-and-promoted-by-hand');
  const at = { stage: 1, atMs: source.rollout.endedAtMs, actor: 'eve' } as const;
  const timeline = [
    ...source.timeline,
    { ...at, kind: 'command', text: 'approve', data: { command: 'approve' } } as const,
    { ...at, kind: 'restore-started', text: 'bringing all traffic back to stable' } as const,
  ];
  const page = writeReport({ ...source, timeline }, 'compliance', 'md');
  expect(page).toContain('Only who started it approved it');
  expect(page).toMatch(/\| eve \| going back to stable, which is no approval \|/);
});

test('numbers that count are exact, others have four digits', () => {
  expect(number(1_234_567)).toBe('1234567');
  expect(number(0.123456, '%')).toBe('0.1235 %');
});

test.each([
  ['- a list', '\\- a list'],
  ['--- a line', '\\--- a line'],
  ['1. first', '1\\. first'],
  ['www.evil.test', 'www&#46;evil.test'],
  ['-5 %', '-5 %'],
])('a text begins nothing in Markdown: %s', (given, written) => {
  expect(markdownOf({ title: 't', summary: [text(given)], sections: [] })).toBe(`# t\n\n${written}\n`);
});

/** With which sequences begin that steer a terminal. */
const escapeSign = '\u001b';

const recordings = [
  'promoted',
  'rolled-back-by-check',
  'rolled-back-step-by-step',
  'gated-and-guarded',
  'refused-by-a-gate',
  'never-ready',
  'limit-struck',
];

describe.each(reportKinds)('a %s report', (kind) => {
  test.each(recordings)('of %s can be written, with nothing left out as undefined', async (recording) => {
    const source = await reportSource(recording);
    for (const format of ['md', 'html'] as const) {
      const page = writeReport(source, kind, format);
      expect(page).not.toMatch(/undefined|NaN|\[object/);
      expect(page.length).toBeGreaterThan(400);
    }
  });

  test('takes what comes from outside as text, wherever it stands', async () => {
    for (const recording of ['rolled-back-by-check', 'gated-and-guarded']) {
      const source = poisoned(await richSource(recording));
      const html = writeReport(source, kind, 'html');
      expect(html).not.toMatch(/<script|<img|onerror="/i);
      expect(html).not.toContain(escapeSign);
      // The only tags are those that reports are made of.
      const tags = new Set([...html.matchAll(/<([a-z0-9]+)/gi)].map(([, tag]) => tag));
      expect([...tags].filter((tag) => !known.includes(tag ?? ''))).toEqual([]);
      expect(html).not.toMatch(/(src|href)="(?!data:,)/);
      const md = writeReport(source, kind, 'md');
      expect(md).not.toMatch(/<script|<img/);
      expect(md).not.toContain(escapeSign);
      expect(md).not.toMatch(/(?<!\\)\]\(/);
      expect(md).toContain('&lt;script&gt;');
    }
  });
});

const known =
  'html head meta link title style body header main section h1 h2 p ul li figure figcaption div table thead tbody tr th td svg line polyline polygon rect circle text title doctype'.split(
    ' ',
  );

test('charts show the whole of a stage where its watches kept it, not only the last looks', async () => {
  const source = await reportSource('rolled-back-by-check');
  const [watch] = source.verdicts;
  const name = watch?.checks[0]?.name ?? '';
  const points = Array.from({ length: 90 }, (_, at) => ({
    atMs: 1000 * at,
    kind: 'pass' as const,
    canary: 99.5,
    stable: null,
    low: null,
    high: null,
  }));
  const series = points.reduce(
    (before, point) => withLook(before, name, point),
    emptySeries(0, [name], false),
  );
  const [looks] = looksOf({ ...source, verdicts: watch ? [{ ...watch, series }] : [] });
  expect(looks && lookChart(looks)[0]?.caption).toMatch(/; 90 looks of \d+ shown, over 1m29s$/);
});
