import { describe, expect, it } from 'vitest';
import { importPlans } from '../../../../src/domain/import/import.ts';
import { readObjects } from '../../../../src/domain/import/objects.ts';
import { rolloutWith } from './fixtures.ts';

const namesIn = (text: string) =>
  readObjects([{ name: 'a.yaml', text }]).objects.map(({ kind, name }) => `${kind} ${name}`);
const problemsOf = (text: string) =>
  importPlans([{ name: 'a.yaml', text }], null).problems.map(({ message }) => message);
const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\n`;

describe('files of objects', () => {
  it('have any number of documents, empty ones among them', () => {
    expect(namesIn(`# head\n---\n${service('a')}---\n# nothing\n---\n${service('b')}...\n---\n`)).toEqual([
      'Service a',
      'Service b',
    ]);
  });

  it('may be JSON, and lists', () => {
    const item = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } };
    expect(namesIn(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item, item] }))).toHaveLength(2);
  });

  it('may begin a document on the line of the dashes', () => {
    expect(namesIn('--- {apiVersion: v1, kind: Service, metadata: {name: a}}\n')).toEqual(['Service a']);
  });
});

describe('what cannot be read is told with its place', () => {
  it.each([
    [`${service('a')}---\na: [1\n`, 'line 6, column 1'],
    ['a: 1\na: 2\n', 'line 2, column 1: the key "a" appears twice'],
    ['just text', 'must be a mapping'],
    ['a: 1', 'no kind and apiVersion'],
    ['apiVersion: v1\nkind: Service\n', 'a Service has no metadata.name'],
    ['', 'no Rollout of Argo and no Canary of Flagger'],
    [service('a'), 'no Rollout of Argo and no Canary of Flagger'],
    [
      'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: x }',
      'CronJob x (batch/v1) is nothing to import',
    ],
    [
      'apiVersion: other.io/v1\nkind: Rollout\nmetadata: { name: x }',
      'Rollout x (other.io/v1) is nothing to import',
    ],
    ['a: '.repeat(100_000), 'a.yaml'],
  ])('%#', (text, says) => {
    const told = importPlans([{ name: 'a.yaml', text }], null).problems.map(
      ({ path, message }) => `${path} ${message}`,
    );
    expect(told.join('\n')).toContain(says);
  });

  it('beside what can be read', () => {
    const { plans, problems } = importPlans([{ name: 'a.yaml', text: `${rolloutWith({})}---\n{` }], 'demo');
    expect(plans.map(({ document }) => document.environment)).toEqual(['demo']);
    expect(problems).toHaveLength(1);
  });
});

it('an alias bomb is refused', () => {
  const bomb = [
    'a: &a [1,1]',
    ...Array.from(
      { length: 9 },
      (_, at) => `b${at}: &b${at} [${'*'}${at === 0 ? 'a' : `b${at - 1}`},*${at === 0 ? 'a' : `b${at - 1}`}]`,
    ),
  ];
  expect(problemsOf(`${bomb.join('\n')}\nc: [${'*b8,'.repeat(30)}1]`).join()).not.toBe('');
});
