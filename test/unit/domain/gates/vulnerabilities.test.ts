import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { severities } from '../../../../src/domain/gates/severity.ts';
import { judgeScan, readScan } from '../../../../src/domain/gates/vulnerabilities.ts';

const read = (value: unknown) => readScan(JSON.stringify(value));

describe('a scanner’s report', () => {
  it('of npm audit counts each advisory where it is, and not what only reaches it', () => {
    const advisory = { source: 1, name: 'b', url: 'https://example.com/advisories/GHSA-1', severity: 'high' };
    const report = {
      auditReportVersion: 2,
      vulnerabilities: {
        a: { name: 'a', severity: 'high', via: ['b'], range: '<2', fixAvailable: false },
        b: { name: 'b', severity: 'moderate', via: [advisory], range: '<3', fixAvailable: true },
      },
    };
    expect(read(report)).toMatchObject({
      format: 'npm audit',
      found: [{ id: 'GHSA-1', package: 'b', severity: 'medium', fixedIn: 'a newer version' }],
    });
  });

  it('of cargo audit rates nothing as harmless that is not rated', () => {
    const list = [
      {
        advisory: { id: 'RUSTSEC-2030-0001', cvss: null },
        versions: { patched: ['>=1.2.3'] },
        package: { name: 'time', version: '0.1.0' },
      },
    ];
    expect(read({ database: {}, vulnerabilities: { found: true, count: 1, list } })).toMatchObject({
      format: 'cargo audit',
      found: [{ id: 'RUSTSEC-2030-0001', severity: 'unknown', fixedIn: '>=1.2.3' }],
    });
  });

  it('as SARIF goes by the score, and by the level where there is none', () => {
    const rules = [{ id: 'CVE-1', properties: { 'security-severity': '9.8' } }, { id: 'CVE-2' }];
    const results = [
      { ruleId: 'CVE-1', level: 'note' },
      { ruleId: 'CVE-2', level: 'error' },
      { ruleId: 'CVE-3' },
    ];
    const report = { version: '2.1.0', runs: [{ tool: { driver: { rules } }, results }] };
    const found = ['critical', 'high', 'unknown'].map((severity) => ({ severity }));
    expect(read(report)).toMatchObject({ format: 'sarif', found });
  });

  it.each([
    [
      'in an extension, by the place in it',
      { ruleId: 'x', rule: { index: 1, toolComponent: { index: 0 } } },
      'critical',
    ],
    ['by its place alone', { ruleIndex: 0 }, 'high'],
    ['by its id in an extension', { ruleId: 'of-extension' }, 'critical'],
    ['by the first part of its id', { ruleId: 'of-extension/part' }, 'critical'],
    ['that rates by its own level', { ruleId: 'of-level' }, 'high'],
    ['whose score says nothing', { ruleId: 'of-null', level: 'error' }, 'high'],
    ['that nobody has rated', { ruleId: 'of-zero', level: 'note' }, 'unknown'],
    ['that is nowhere', { ruleIndex: 40 }, 'unknown'],
  ])('as SARIF finds a rule %s', (_how, result, severity) => {
    const score = (value: unknown) => ({ properties: { 'security-severity': value } });
    const rules = [
      { id: 'of-place', ...score(7) },
      { id: 'of-level', defaultConfiguration: { level: 'error' } },
      { id: 'of-null', ...score(null) },
      { id: 'of-zero', ...score('0.0') },
    ];
    const extensions = [{ rules: [{ id: 'other' }, { id: 'of-extension', ...score('9.8') }] }];
    const run = { tool: { driver: { rules }, extensions }, results: [result] };
    expect(read({ version: '2.1.0', runs: [run] })).toMatchObject({ found: [{ severity }] });
  });

  it.each([
    ['failed', { invocations: [{ executionSuccessful: false }], results: [] }, /says that its scan failed/],
    ['did not come to look', { results: null }, /nothing was scanned/],
  ])('as SARIF of a scan that %s is a problem', (_how, run, problem) => {
    const log = { version: '2.1.0', runs: [{ tool: { driver: {} }, ...run }] };
    expect(read(log)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('as SARIF counts no rule that was kept', () => {
    const results = [
      { ruleId: 'a', kind: 'pass' },
      { ruleId: 'b', baselineState: 'absent' },
    ];
    expect(read({ version: '2.1.0', runs: [{ tool: { driver: {} }, results }] })).toMatchObject({
      found: [],
    });
  });

  it('of Trivy that has an empty list of results is one of nothing', () => {
    expect(read({ SchemaVersion: 2, ArtifactName: 'shop', Results: [] })).toEqual({
      problem: expect.stringMatching(/nothing was scanned/),
    });
  });

  it('says what is wrong with anything else, and never passes for an empty one', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const reading = readScan(text);
        expect('problem' in reading).toBe(true);
      }),
    );
  });
});

describe('bounds by severity', () => {
  const one = fc.record({
    id: fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3'),
    package: fc.constantFrom('a', 'b'),
    version: fc.constant('1'),
    severity: fc.constantFrom(...severities),
    fixedIn: fc.constant(null),
  });

  it('are kept exactly: over them everything of that severity is named, and nothing of another', () => {
    fc.assert(
      fc.property(fc.array(one), fc.nat({ max: 3 }), (found, most) => {
        const { over, counts } = judgeScan(found, { critical: most }, [], 0);
        expect(over.every(({ severity }) => severity === 'critical')).toBe(true);
        expect(over.length).toBe(counts.critical > most ? counts.critical : 0);
      }),
    );
  });

  it('let pass what is excepted, until the very moment at which the exception ends', () => {
    const found = [{ id: 'CVE-1', package: 'a', version: '1', severity: 'critical', fixedIn: null } as const];
    const exception = { id: 'CVE-1', package: null, reason: 'r', approver: 'ann', untilMs: 1_000 };
    expect(judgeScan(found, { critical: 0 }, [exception], 999).over).toEqual([]);
    expect(judgeScan(found, { critical: 0 }, [exception], 1_000)).toMatchObject({
      over: found,
      expired: ['CVE-1'],
    });
    const elsewhere = { ...exception, package: 'b' };
    expect(judgeScan(found, { critical: 0 }, [elsewhere], 0).over).toHaveLength(1);
  });
});
