import { expect, test } from 'vitest';
import { attemptFor, readAttempt } from '../../../../src/dashboard/pages/start/attempt.ts';
import { digestOf } from '../../../../src/dashboard/pages/start/digest.ts';
import { examplesFor } from '../../../../src/dashboard/pages/start/examples.ts';
import { remedyFor, runningText } from '../../../../src/dashboard/pages/start/remedy.ts';
import { parsePlanText } from '../../../../src/domain/plan/schema.ts';
import { viewOf } from '../../api/fakes.ts';
import { catalogue, planWith } from '../../domain/plan/fixtures.ts';

test('one plan has one key, however often it is sent, and a changed plan another', () => {
  let made = 0;
  const makeKey = () => `key-${++made}`;
  const first = attemptFor(null, 'version: v1', makeKey);
  expect(attemptFor(first, 'version: v1', makeKey)).toBe(first);
  expect(attemptFor(first, 'version: v2', makeKey).key).not.toBe(first.key);
});

test('every example is a good plan without a warning, and the first has ten lines', () => {
  const examples = examplesFor({ traffic: 'haproxy', metrics: 'prometheus', workload: 'process' });
  for (const { title, text } of examples) {
    expect(parsePlanText(text, catalogue), title).toMatchObject({ ok: true, warnings: [] });
  }
  expect(examples[0]?.text.trimEnd().split('\n')).toHaveLength(10);
});

test('a plan as it would run is told by its time and its first share', () => {
  const stages = [
    { match: { header: 'x-canary', value: 'yes' }, soak: '1m' },
    { weight: 10, soak: '5m', warmUp: '1m' },
    { weight: 50, soak: '10m' },
  ];
  expect(digestOf({ ...planWith({ stages }) })).toMatchObject({ plannedMs: 17 * 60_000, firstPercent: 10 });
});

test('an attempt that was kept is read back, and nothing else is', () => {
  const attempt = { key: 'a-1', text: 'version: "v1"\n# <b>&' };
  expect(readAttempt(JSON.stringify(attempt))).toEqual(attempt);
  for (const kept of [null, '', '{}', '{"key":"","text":""}', 'null', '[1]'])
    expect(readAttempt(kept)).toBeNull();
});

test('a refusal has a way out only where there is one', () => {
  expect(remedyFor({ code: 'rollout-running' }, 'service: shop\n')).toMatchObject({
    kind: 'supersede',
    text: 'service: shop\nonConflict: supersede\n',
  });
  expect(remedyFor({ code: 'cooldown-running' }, 'service: shop\n')).toMatchObject({ kind: 'force' });
  expect(remedyFor({ code: 'emergency-open' }, 'service: shop\n')).toBeNull();
  expect(remedyFor({ code: 'rollout-running' }, '- no plan')).toBeNull();
});

test('what runs already is told by version, state, share and who started it, as far as it tells', () => {
  const view = viewOf({ phase: 'soaking', askedPercent: 25, author: 'ann' });
  expect(runningText(view)).toBe('v2, soaking at 25 %, started by ann');
  expect(runningText({ version: null, phase: null, status: null })).toBe('an unknown version, not begun');
});
