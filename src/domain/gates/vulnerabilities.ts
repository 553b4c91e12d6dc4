/** Reports of vulnerability scanners, read into one form and judged by severity. Pure. */
import { z } from 'zod';
import { timeOf } from './report-time.ts';
import { readSarifLog } from './sarif.ts';
import { type Severity, severities, severityOf } from './severity.ts';

export interface Vulnerability {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly severity: Severity;
  /** A version in which it is mended; null: none is known. */
  readonly fixedIn: string | null;
}

/** A vulnerability that is let pass until a time, with a reason and somebody who answers for it. */
export interface Exception {
  readonly id: string;
  /** Null: of any package. */
  readonly package: string | null;
  readonly reason: string;
  readonly approver: string;
  readonly untilMs: number;
}

type ScanReading =
  | { readonly format: string; readonly found: readonly Vulnerability[]; readonly scannedAtMs: number | null }
  | { readonly problem: string };

export interface ScanVerdict {
  readonly counts: Readonly<Record<Severity, number>>;
  /** What is over the bounds, the worst first. */
  readonly over: readonly Vulnerability[];
  readonly excepted: readonly Exception[];
  /** Exceptions that no longer count. */
  readonly expired: readonly string[];
}

/** Which severities may be found how often; absent: any number. */
type Bounds = Readonly<Partial<Record<Severity, number>>>;

export function judgeScan(
  found: readonly Vulnerability[],
  bounds: Bounds,
  exceptions: readonly Exception[],
  nowMs: number,
): ScanVerdict {
  const covers =
    (one: Vulnerability) =>
    ({ id, package: name }: Exception) =>
      id === one.id && (name === null || name === one.package);
  const valid = exceptions.filter(({ untilMs }) => nowMs < untilMs);
  const counted = found.filter((one) => !valid.some(covers(one)));
  const of = (severity: Severity) => counted.filter((one) => one.severity === severity);
  const over = severities.flatMap((severity) => {
    const most = bounds[severity];
    return most !== undefined && of(severity).length > most ? of(severity) : [];
  });
  return {
    counts: Object.fromEntries(severities.map((each) => [each, of(each).length])) as Record<Severity, number>,
    over,
    excepted: valid.filter((one) => found.some((each) => covers(each)(one))),
    expired: exceptions
      .filter((one) => nowMs >= one.untilMs && found.some((each) => covers(each)(one)))
      .map(({ id }) => id),
  };
}

/** Trivy, Grype, SARIF, `npm audit` and `cargo audit`, told apart by what only they have. */
export function readScan(text: string): ScanReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'the report is no JSON' };
  }
  for (const read of readers) {
    const reading = read(value);
    if (reading !== null) return reading;
  }
  return {
    problem:
      'the report is none that is known: Trivy, Grype or SARIF as JSON, npm audit --json, cargo audit --json',
  };
}

type Reader = (value: unknown) => ScanReading | null;

const trivy = z.object({
  SchemaVersion: z.number(),
  CreatedAt: z.string().optional(),
  Results: z
    .array(
      z.object({
        Vulnerabilities: z
          .array(
            z.object({
              VulnerabilityID: z.string(),
              PkgName: z.string(),
              InstalledVersion: z.string().default(''),
              FixedVersion: z.string().optional(),
              Severity: z.string(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  ArtifactName: z.string(),
});

function readTrivy(value: unknown): ScanReading | null {
  const { data } = trivy.safeParse(value);
  if (data === undefined) return null;
  // A scan of nothing has no results, and proves nothing.
  if (!data.Results?.length) return { problem: 'the report of Trivy has no results: nothing was scanned' };
  const found = data.Results.flatMap(({ Vulnerabilities }) => Vulnerabilities ?? []).map((one) => ({
    id: one.VulnerabilityID,
    package: one.PkgName,
    version: one.InstalledVersion,
    severity: severityOf(one.Severity),
    fixedIn: one.FixedVersion || null,
  }));
  return { format: 'trivy', found, scannedAtMs: timeOf(data.CreatedAt) };
}

const grype = z.object({
  matches: z.array(
    z.object({
      vulnerability: z.object({
        id: z.string(),
        severity: z.string().default('Unknown'),
        fix: z.object({ versions: z.array(z.string()).nullish() }).optional(),
      }),
      artifact: z.object({ name: z.string(), version: z.string().default('') }),
    }),
  ),
  descriptor: z.object({ name: z.string(), timestamp: z.string().optional() }),
});

function readGrype(value: unknown): ScanReading | null {
  const { data } = grype.safeParse(value);
  if (data === undefined) return null;
  const found = data.matches.map(({ vulnerability, artifact }) => ({
    id: vulnerability.id,
    package: artifact.name,
    version: artifact.version,
    severity: severityOf(vulnerability.severity),
    fixedIn: vulnerability.fix?.versions?.[0] ?? null,
  }));
  return { format: 'grype', found, scannedAtMs: timeOf(data.descriptor.timestamp) };
}

function readSarif(value: unknown): ScanReading | null {
  const log = readSarifLog(value);
  if (log === null || 'problem' in log) return log;
  const found = log.findings.map(({ ruleId, severity }) => ({
    id: ruleId,
    package: '',
    version: '',
    severity,
    fixedIn: null,
  }));
  const times = log.endedAt.map(timeOf).filter((each) => each !== null);
  return { format: 'sarif', found, scannedAtMs: times.length === 0 ? null : Math.min(...times) };
}

const npmAudit = z.object({
  auditReportVersion: z.number(),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      name: z.string(),
      severity: z.string(),
      range: z.string().default(''),
      via: z.array(
        z.union([z.string(), z.object({ url: z.string().optional(), source: z.number().optional() })]),
      ),
      fixAvailable: z.unknown().optional(),
    }),
  ),
});

function readNpm(value: unknown): ScanReading | null {
  const { data } = npmAudit.safeParse(value);
  if (data === undefined) return null;
  const found = Object.values(data.vulnerabilities).flatMap(({ name, severity, range, via, fixAvailable }) =>
    // A package that is only reached by way of another one is counted there; one without a reason stands for itself.
    (via.length === 0 ? [{}] : via).flatMap((one: (typeof via)[number]) =>
      typeof one === 'string'
        ? []
        : [
            {
              id: one.url?.split('/').at(-1) ?? String(one.source ?? name),
              package: name,
              version: range,
              severity: severityOf(severity),
              fixedIn: fixAvailable === false || fixAvailable === undefined ? null : 'a newer version',
            },
          ],
    ),
  );
  return { format: 'npm audit', found, scannedAtMs: null };
}

const cargoAudit = z.object({
  database: z.unknown(),
  vulnerabilities: z.object({
    list: z.array(
      z.object({
        advisory: z.object({ id: z.string(), cvss: z.string().nullish() }),
        versions: z.object({ patched: z.array(z.string()).default([]) }).optional(),
        package: z.object({ name: z.string(), version: z.string() }),
      }),
    ),
  }),
});

function readCargo(value: unknown): ScanReading | null {
  const { data } = cargoAudit.safeParse(value);
  if (data === undefined || data.database === undefined) return null;
  const found = data.vulnerabilities.list.map(({ advisory, versions, package: { name, version } }) => ({
    id: advisory.id,
    package: name,
    version,
    // RustSec gives a vector at most, and often nothing: what is not rated is not harmless.
    severity: 'unknown' as const,
    fixedIn: versions?.patched[0] ?? null,
  }));
  return { format: 'cargo audit', found, scannedAtMs: null };
}

const readers: readonly Reader[] = [readTrivy, readGrype, readSarif, readNpm, readCargo];
