/** `sluice import`: where plans and findings go, and what it refuses. */
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { main } from '../../../src/cli/program.ts';
import { textOf } from '../domain/import/fixtures.ts';
import { fakeIo } from './fakes.ts';

async function run(args: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const written: Record<string, string> = {};
  const io = fakeIo({
    readText: async (path) => files[path] ?? Promise.reject(new Error('no such file')),
    makeFolder: async (path) => {
      if (path.includes('nowhere/')) throw Object.assign(new Error('no such folder'), { code: 'ENOENT' });
    },
    writeText: async (path, text) => {
      written[path] = text;
    },
  });
  const code = await main(['import', ...args], io);
  return { code, ...io.printed, written };
}

const rollout = textOf('argo-istio');
const canary = textOf('flagger-nginx-ab');

test('prints plans where pipes go, and what does not come along for people', async () => {
  const { code, out, err } = await run(['a.yaml', '-'], { 'a.yaml': rollout, '-': canary });
  expect(code).toBe(0);
  expect(parseAllDocuments(out).map((document) => document.get('service'))).toEqual(['search', 'store']);
  expect(err).toContain('Rollout web/search: above, 1 without counterpart');
  expect(err).toContain('  no counterpart: spec.strategy.canary.steps[7].experiment: ');
});

test('writes each plan into a folder, none over the other', async () => {
  const { written, out, err } = await run(['a.yaml', 'a.yaml', '--out', 'plans/', '--environment', 'demo'], {
    'a.yaml': rollout,
  });
  expect(out).toBe('');
  expect(Object.keys(written)).toEqual(['plans/demo-search.yaml', 'plans/demo-search-2.yaml']);
  expect(written['plans/demo-search.yaml']).toContain('environment: demo # --environment');
  expect(err).toContain('Rollout web/search: plans/demo-search.yaml');
});

test('prints one JSON document for machines', async () => {
  const { out, err } = await run(['a.yaml', '--json'], { 'a.yaml': canary });
  expect(err).toBe('');
  expect(JSON.parse(out)).toMatchObject({
    plans: [
      {
        from: 'Canary web/store',
        file: 'a.yaml',
        out: null,
        plan: { service: 'store' },
        findings: expect.arrayContaining([]),
      },
    ],
    problems: [],
  });
});

test('imports what it can, and says by its exit code that there was more', async () => {
  const { code, out, err } = await run(['a.yaml'], { 'a.yaml': `${rollout}\n---\n{` });
  expect(code).toBe(2);
  expect(out).toContain('service: search');
  expect(err).toContain('not imported: a.yaml: line ');
});

test.each([
  [['gone.yaml'], 'The file gone.yaml cannot be read'],
  [['empty.yaml'], 'there is no Rollout of Argo and no Canary of Flagger'],
  [['a.yaml', '--environment', 'Not This'], 'no name of an environment'],
  [['a.yaml', '--out', 'nowhere/plans'], 'cannot be written: there is no folder nowhere.'],
  [[], 'missing required argument'],
])('refuses %j', async (args, says) => {
  const { code, err, out } = await run(args, { 'a.yaml': rollout, 'empty.yaml': '# nothing' });
  expect(code).toBe(2);
  expect(err).toContain(says);
  expect(out).toBe('');
});
