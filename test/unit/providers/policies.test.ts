import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultCatalogue } from '../../../src/providers/default-catalogue.ts';
import { policyBook } from '../../../src/providers/policies.ts';

const catalogue = defaultCatalogue();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-policies-'));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, text: string) => writeFile(join(folder, name), text);
const book = () => policyBook(folder, catalogue);

const production = `
name: production
reason: users pay here
environments: [prod]
require: { gates: [window], maxFirstWeight: 10, minSoak: 5m, secondMeans: [stop-canary] }
mandate:
  gates: [{ gate: approval, name: captain, count: 2, timeout: 1h }]
  guards: [window]
`;

describe('policies in a folder', () => {
  it('are read with durations, defaults and gates', async () => {
    await put('production.yaml', production);
    await put('notes.txt', 'not a policy');
    const { policies, sha256 } = await book().read();
    expect(policies).toMatchObject([
      {
        name: 'production',
        level: 'mandatory',
        services: null,
        require: { maxFirstWeight: 10, minSoakMs: 300_000 },
        mandate: {
          gates: [{ name: 'captain', type: 'approval', timeoutMs: 3_600_000, options: { count: 2 } }],
          guards: [{ gate: 'window', onRefuse: 'hold' }],
        },
      },
    ]);
    expect(Object.keys(policies[0]?.require ?? {})).not.toContain('minSoak');
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are policies whatever the case of their ending', async () => {
    await put('production.YAML', production);
    expect((await book().read()).policies.map(({ name }) => name)).toEqual(['production']);
  });

  it('are read anew each time, and another text is another hash', async () => {
    await put('production.yaml', production);
    const one = book();
    const before = await one.read();
    expect((await one.read()).sha256).toBe(before.sha256);
    await put('production.yaml', production.replace('10', '5'));
    const after = await one.read();
    expect(after.sha256).not.toBe(before.sha256);
    expect(after.policies[0]?.require.maxFirstWeight).toBe(5);
  });

  it('are refused as a whole, with every problem, its file and its place', async () => {
    await put('a.yaml', 'name: a\nreason: r\nrequire: { gates: [cii], minsoak: 5m }');
    await put('b.yaml', 'name: b\nlevel: advisory\nreason: r\nmandate: { guards: [{ gate: windw }] }');
    await put('c.yaml', 'name: [');
    await expect(book().read()).rejects.toMatchObject({
      code: 'policies-invalid',
      problems: expect.arrayContaining([
        { path: 'a.yaml: require.minsoak', message: expect.stringContaining('did you mean "minSoak"?') },
        { path: 'b.yaml: mandate.guards[0].gate', message: expect.stringContaining('window') },
        { path: expect.stringContaining('c.yaml'), message: expect.any(String) },
      ]),
    });
    await put('a.yaml', 'name: a\nreason: r\nrequire: { gates: [cii] }');
    await expect(book().read()).rejects.toThrow(/there is no gates instance "cii"/);
  });

  it('name the checks that they want by name or by what they are, of instances that exist', async () => {
    const wanting = (checks: string) => put('a.yaml', `name: a\nreason: r\nrequire: { checks: [${checks}] }`);
    await wanting('success-rate, { kind: counts }, { kind: health, probe: tcp }');
    const [policy] = (await book().read()).policies;
    expect(policy?.require.checks).toEqual([
      { name: 'success-rate' },
      { kind: 'counts' },
      { kind: 'health', probe: 'tcp' },
    ]);
    await wanting('{ kind: health, probe: nobody }, { source: nowhere }');
    await expect(book().read()).rejects.toMatchObject({
      problems: [
        { path: 'a.yaml: require.checks[0]', message: 'there is no health instance "nobody"' },
        { path: 'a.yaml: require.checks[1]', message: 'there is no alerts instance "nowhere"' },
      ],
    });
    for (const bad of ['{}', '{ kind: count }', '{ min: 99 }', '{ kind: counts, weight: 2 }']) {
      await wanting(bad);
      await expect(book().read(), bad).rejects.toMatchObject({
        problems: expect.arrayContaining([
          expect.objectContaining({ path: expect.stringMatching(/^a\.yaml: require\.checks\[0\]/) }),
        ]),
      });
    }
  });

  it('mandate no approval by the author where they forbid it', async () => {
    const mandating = (require: string, gates: string) =>
      put('a.yaml', `name: a\nreason: r\nrequire: { ${require} }\nmandate: { gates: [${gates}] }`);
    const open = '{ gate: approval, name: any, notAuthor: false }';
    await mandating('notAuthor: true', `window, approval, ${open}`);
    await expect(book().read()).rejects.toMatchObject({
      problems: [{ path: 'a.yaml: mandate.gates', message: expect.stringMatching(/^"any" says notAuthor/) }],
    });
    for (const [require, gates] of [
      ['notAuthor: true', 'window, approval'],
      ['notAuthor: false', open],
      ['approval: true', open],
    ] as const) {
      await mandating(require, gates);
      expect((await book().read()).policies, `${require} ${gates}`).toHaveLength(1);
    }
  });

  it('may not share a name, and advise without adding gates', async () => {
    const advisory = 'name: a\nreason: r\nlevel: advisory\nmandate: { guards: [window] }';
    await put('a.yaml', advisory);
    await expect(book().read()).rejects.toThrow(/an advisory policy adds nothing/);
    await put('a.yaml', 'name: a\nreason: r');
    await put('b.yaml', 'name: a\nreason: r');
    await expect(book().read()).rejects.toThrow(/two policies are named "a"/);
  });

  it('bind nobody where there is no folder, and everybody is refused where it cannot be read', async () => {
    expect(await policyBook(null, catalogue).read()).toEqual({ policies: [], sha256: '' });
    await expect(policyBook(join(folder, 'gone'), catalogue).read()).rejects.toMatchObject({ status: 500 });
  });
});
