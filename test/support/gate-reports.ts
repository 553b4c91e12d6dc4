/** Documents that gates ask for, as tools write them. */

const dayMs = 86_400_000;

export function ago(days: number): string {
  return new Date(Date.now() - days * dayMs).toISOString();
}

/** A bill of materials. */
export function bill(days: number): object {
  const component = {
    name: 'left-pad',
    version: '1.3.0',
    licenses: [{ license: { id: 'MIT' } }],
    purl: 'pkg:npm/left-pad@1.3.0',
  };
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { timestamp: ago(days) },
    components: [component],
  };
}

/** What a scanner found: one finding of each severity that is named. */
export function scan(severities: readonly string[]): object {
  const found = severities.map((Severity, at) => ({
    VulnerabilityID: `CVE-2030-${at + 1}`,
    PkgName: 'openssl',
    InstalledVersion: '3.0.1',
    FixedVersion: '3.0.2',
    Severity,
  }));
  return {
    SchemaVersion: 2,
    ArtifactName: 'image',
    CreatedAt: ago(0.5),
    Results: [{ Vulnerabilities: found }],
  };
}
