import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Composer } from 'yaml';
import { parsePlanText } from '../../../../src/domain/plan/schema.ts';
import { readMapping } from '../../../../src/domain/plan/text.ts';
import { catalogue, minimal, planWith } from './fixtures.ts';

function messagesOf(text: string): string[] {
  const result = readMapping(text);
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

describe('the text of a plan', () => {
  it('may be YAML, or JSON with tabs', () => {
    const yaml = `
service: shop
environment: demo
version: v2
traffic: haproxy
metrics: prometheus
checks: &usual [success-rate, latency-p95]
stages: # a comment
  - { weight: 10 }
  - { weight: 50, checks: *usual }
`;
    const parsed = [yaml, JSON.stringify(minimal, null, '\t')].map((text) => parsePlanText(text, catalogue));
    expect(parsed).toEqual([
      { ok: true, plan: planWith(), warnings: [] },
      { ok: true, plan: planWith(), warnings: [] },
    ]);
  });

  it('tells line and column of a syntax error', () => {
    expect(messagesOf('service: shop\nstages: [\n')[0]).toMatch(/^line \d, column \d+: /);
  });

  it('tells of tabs once, whatever they have thrown out', () => {
    const message = 'tabs are not allowed as indentation; write spaces, here and below';
    expect(messagesOf('stages:\n\t- weight: 10\n\t- weight: 50\n')).toEqual([`line 2, column 1: ${message}`]);
    expect(messagesOf('stages: [\n\t{ weight: 10 },\n\t{ weight: 50 },\n]\n')).toEqual([
      `line 2, column 1: ${message}`,
    ]);
    expect(messagesOf('{\n\t"service": "shop",,\n}')).not.toContainEqual(expect.stringContaining('tabs'));
  });

  it('is known for what Argo calls a rollout, also beside what belongs to it', () => {
    const template = 'apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\n';
    const rollout = 'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n';
    const message = 'is a Rollout of Argo, not a plan; `sluice import <file>` makes a plan of it';
    expect(parsePlanText(`${template}---\n${rollout}`, catalogue)).toMatchObject({
      problems: [{ path: 'kind', message }],
    });
    expect(parsePlanText(`${template}---\n${template}`, catalogue)).toMatchObject({
      problems: [{ path: '', message: expect.stringContaining('a second document begins') }],
    });
  });

  it('shows a number as it is written where text belongs, as YAML forgets its last zero', () => {
    const text = 'version: 1.10\nowner: yes\nstages:\n  - { match: { header: x, value: 1.0 }, soak: 10 }\n';
    const result = parsePlanText(text, catalogue);
    expect(result.ok ? [] : result.problems).toEqual(
      expect.arrayContaining([
        { path: 'version', message: 'must be text, not 1.10; put it in quotes: "1.10"' },
        { path: 'stages[0].match.value', message: 'must be text, not 1.0; put it in quotes: "1.0"' },
        { path: 'stages[0].soak', message: '10 has no unit; write 10s, 10m or 10h' },
      ]),
    );
  });

  it.each([
    ['service: a\nversion: 1\nservice: b\n', 'line 3, column 1: the key "service" appears twice'],
    ['a: {b: 1, b: 2}', 'line 1, column 11: the key "b" appears twice'],
    ['{"a": 1, "a": 2}', 'line 1, column 10: the key "a" appears twice'],
    ['a: 1\n---\nb: 1', 'line 2, column 1: a second document begins; only one is allowed'],
    ['a: 1\n[b]: 2', 'line 2, column 1: a key must be plain text'],
    ['', 'the document is empty'],
    ['# only a comment', 'the document is empty'],
    ['- a', 'the document must be a mapping of keys to values'],
    ['text', 'the document must be a mapping of keys to values'],
  ])('refuses %j', (text, message) => {
    expect(messagesOf(text)).toEqual([message]);
  });

  it('refuses tags that it does not know', () => {
    expect(messagesOf('a: !!js/function "x"')[0]).toMatch(/^line 1, column 4: Unresolved tag/);
  });

  it('refuses an alias bomb', () => {
    const letters = [...'abcdefghij'];
    const nine = (of: string) => Array.from({ length: 9 }, () => of).join(', ');
    const bomb = letters.map(
      (letter, at) => `${letter}: &${letter} [${nine(at === 0 ? 'x' : `*${letters[at - 1]}`)}]`,
    );
    expect(messagesOf(bomb.join('\n'))).toEqual([
      'Excessive alias count indicates a resource exhaustion attack',
    ]);
  });

  it('refuses more than 256 KiB, counted in bytes', () => {
    const note = (signs: number) => `a: ${'ä'.repeat(signs)}`;
    expect(messagesOf(note(100_000))).toEqual([]);
    expect(messagesOf(note(140_000))).toEqual(['the document is larger than 256 KiB']);
  });

  it.each(['[', '{', '{a: ', '- ', '? ', '- ? - : '])('refuses endless nesting with %j', (opening) => {
    expect(messagesOf(opening.repeat(30_000))).toEqual(['the document is nested more than 64 levels deep']);
  });

  it('bears nesting by indentation', () => {
    const lines = Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`);
    expect(messagesOf(lines.join('\n'))).toEqual([]);
    const deeper = Array.from({ length: 520 }, (_, depth) => `${' '.repeat(depth)}a:`);
    expect(messagesOf(deeper.join('\n'))).toEqual(['the document is nested more than 64 levels deep']);
  });

  it('tells twenty of many syntax problems', () => {
    expect(messagesOf('a: 1\n'.repeat(500))).toHaveLength(20);
  });

  it.each([
    ['closing brackets', ']'.repeat(15_000)],
    ['commas', `a: [${','.repeat(15_000)}`],
    ['escapes that are none', `a: "${'\\q'.repeat(120_000)}"`],
    ['tags', '! '.repeat(9_000)],
  ])('makes no errors of %s that nobody is told', (_, text) => {
    const made = errorsMade();
    expect(messagesOf(text).length).toBeGreaterThan(9);
    expect(Math.max(...made)).toBeLessThanOrEqual(20);
  });
});

/** How many errors the library keeps of each document that it composes. */
function errorsMade(): number[] {
  const made: number[] = [];
  const { compose } = Composer.prototype;
  const spy = vi.spyOn(Composer.prototype, 'compose').mockImplementation(function* (this: Composer, ...args) {
    for (const document of compose.apply(this, args)) {
      made.push(document.errors.length);
      yield document;
    }
  });
  onTestFinished(() => spy.mockRestore());
  return made;
}

describe('a plan of too many parts', () => {
  const much = (of: string) => of.repeat(Math.floor(250_000 / of.length));
  it.each([
    ['closing brackets', much(']')],
    ['directives', much('%\n')],
    ['mappings', `stages: [${much('{a: 1}, ')}]`],
    ['items', `stages:\n${much('- a\n')}`],
    ['empty lines', much('\n')],
  ])('is refused before anything is made of its %s', (_, text) => {
    const composed = vi.spyOn(Composer.prototype, 'compose');
    onTestFinished(() => composed.mockRestore());
    expect(parsePlanText(text, catalogue)).toMatchObject({
      ok: false,
      problems: [
        { message: 'the document has more than 20000 keys, values, brackets, spaces and line ends' },
      ],
    });
    expect(composed).not.toHaveBeenCalled();
  });

  it('is none of fifty stages with checks of their own', () => {
    const checks = [{ preset: 'success-rate' }, { preset: 'latency-p95', max: 0.25 }];
    const stages = Array.from({ length: 50 }, (_, at) => ({ weight: at + 1, soak: '5m', checks }));
    const text = JSON.stringify({ ...minimal, stages }, null, 2);
    expect(parsePlanText(text, catalogue)).toMatchObject({ ok: true });
  });
});
