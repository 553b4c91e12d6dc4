import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vulnerabilitiesGate } from '../../../src/providers/gates/vulnerabilities.ts';
import { listening } from '../health/servers.ts';
import { gateContract, patientMs, questionFixture } from './suite.ts';

const hourMs = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

function trivy(severities: readonly string[], createdAt = ago(hourMs)): object {
  const Vulnerabilities = severities.map((Severity, at) => ({
    VulnerabilityID: `CVE-2030-${at + 1}`,
    PkgName: 'openssl',
    InstalledVersion: '3.0.1',
    ...(at === 0 ? { FixedVersion: '3.0.2' } : {}),
    Severity,
  }));
  return { SchemaVersion: 2, ArtifactName: 'shop:v2', CreatedAt: createdAt, Results: [{ Vulnerabilities }] };
}

const exception = (until: string) => ({
  id: 'CVE-2030-1',
  package: 'openssl',
  reason: 'not reachable',
  approver: 'ann',
  until,
});

gateContract(vulnerabilitiesGate, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-scans-'));
  const file =
    (content: unknown, name = 'v2.json') =>
    () =>
      writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  writeFileSync(join(directory, '..', 'outside.json'), JSON.stringify(trivy([])));
  symlinkSync(join(directory, '..', 'outside.json'), join(directory, 'link.json'));
  const options = { report: '{{version}}.json' };
  return {
    gate: vulnerabilitiesGate.create({
      directory,
      exceptions: [
        { ...exception(ago(-hourMs)), id: 'CVE-2030-9' },
        { ...exception(ago(hourMs)), id: 'CVE-2030-1' },
      ],
    }),
    open: [
      { name: 'nothing found', options, arrange: file(trivy([])) },
      { name: 'only what may be', options, arrange: file(trivy(['MEDIUM', 'LOW', 'LOW'])) },
      {
        name: 'as many as the plan lets pass',
        options: { ...options, max: { high: 2 } },
        arrange: file(trivy(['HIGH', 'HIGH'])),
      },
      {
        name: 'one that is excepted',
        options,
        arrange: file({
          matches: [
            {
              vulnerability: { id: 'CVE-2030-9', severity: 'Critical' },
              artifact: { name: 'openssl', version: '3.0.1' },
            },
          ],
          descriptor: { name: 'grype' },
        }),
      },
    ],
    closed: [
      {
        name: 'one critical, whose exception has expired',
        options,
        arrange: file(trivy(['CRITICAL'])),
        answer: 'refuse',
        says: /CVE-2030-1 \(critical\) in openssl 3\.0\.1, mended in 3\.0\.2; the exception of CVE-2030-1 has expired/,
      },
      {
        name: 'an old report',
        options: { ...options, maxAge: '1d' },
        arrange: file(trivy([], ago(30 * hourMs))),
        answer: 'hold',
        says: /the report is 1d6h old, and may be 1d; scan again/,
      },
      {
        name: 'a report that is dated ahead',
        options,
        arrange: file(trivy([], ago(-30 * hourMs))),
        answer: 'hold',
        says: /the report is dated ahead/,
      },
      {
        name: 'one that nobody has rated',
        options,
        arrange: file(trivy(['SOMETHING'])),
        answer: 'refuse',
        says: /\(unknown\)/,
      },
    ],
    missing: [
      { name: 'no report', options: { report: 'absent.json' } },
      { name: 'no commit for the path', options: { report: '{{commit}}.json' } },
      { name: 'a link that leads out', options: { report: 'link.json' } },
      { name: 'half a report', options, arrange: file('{"SchemaVersion": 2, "Resu') },
      { name: 'another document', options, arrange: file({ hello: 'world' }) },
      { name: 'an empty list', options, arrange: file([]) },
      { name: 'a scan of nothing', options, arrange: file({ ...trivy([]), Results: null }) },
    ],
    close: async () => {
      rmSync(directory, { recursive: true, force: true });
      rmSync(join(directory, '..', 'outside.json'), { force: true });
    },
  };
});

describe('reports behind an address', () => {
  it('are asked for with the credentials by reference, which no answer tells', async () => {
    process.env.SCAN_TOKEN = 'Bearer s3cret';
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.end(request.url === '/scans/shop/v2.json' ? JSON.stringify(trivy([])) : 'no');
    });
    const url = `http://${await listening(server)}/scans`;
    const gate = vulnerabilitiesGate.create({ url, authorization: { env: 'SCAN_TOKEN' } });
    const options = vulnerabilitiesGate.options.parse({ report: '{{service}}/{{version}}.json' });
    const verdict = await gate.evaluate(questionFixture({ options }), AbortSignal.timeout(patientMs));
    expect(verdict.answer).toBe('open');
    expect(asked).toEqual(['Bearer s3cret']);
    expect(JSON.stringify(verdict)).not.toContain('s3cret');
    delete process.env.SCAN_TOKEN;
    const without = await gate.evaluate(questionFixture({ options }), AbortSignal.timeout(patientMs));
    expect(without).toMatchObject({ answer: 'hold', reason: expect.stringContaining('SCAN_TOKEN') });
    server.close();
  });

  it('are never asked of a link-local address', async () => {
    const gate = vulnerabilitiesGate.create({ url: 'http://169.254.169.254/latest' });
    const options = vulnerabilitiesGate.options.parse({ report: 'meta-data' });
    const verdict = await gate.evaluate(questionFixture({ options }), AbortSignal.timeout(patientMs));
    expect(verdict).toMatchObject({ answer: 'hold', reason: expect.stringContaining('link-local') });
  });

  it('may not be named by a path that leads elsewhere', () => {
    for (const report of ['../secrets.json', '/etc/passwd', 'a/../../b', 'a?b', 'a b']) {
      expect(vulnerabilitiesGate.options.safeParse({ report }).success, report).toBe(false);
    }
  });
});
