import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sbomGate } from '../../../src/providers/gates/sbom.ts';
import { gateContract } from './suite.ts';

const dayMs = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * dayMs).toISOString();

interface Part {
  readonly name?: string;
  readonly version?: string;
  readonly licence?: string;
  readonly purl?: string;
}
const whole = { name: 'left-pad', version: '1.3.0', licence: 'MIT', purl: 'pkg:npm/left-pad@1.3.0' };

function cyclone(parts: readonly Part[], timestamp: string | undefined = ago(1)): object {
  const components = parts.map(({ licence, ...rest }) => ({
    type: 'library',
    ...rest,
    ...(licence === undefined
      ? {}
      : { licenses: [licence.includes(' ') ? { expression: licence } : { license: { id: licence } }] }),
  }));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { timestamp, component: { name: 'shop', version: 'v2' } },
    components,
  };
}

function spdx(parts: readonly Part[], created = ago(1)): object {
  const packages = parts.map(({ name, version, licence, purl }) => ({
    name,
    versionInfo: version,
    licenseConcluded: licence ?? 'NOASSERTION',
    externalRefs: purl === undefined ? [] : [{ referenceType: 'purl', referenceLocator: purl }],
  }));
  return { spdxVersion: 'SPDX-2.3', name: 'shop', creationInfo: { created }, packages };
}

gateContract(sbomGate, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bills-'));
  const file = (content: unknown) => () =>
    writeFileSync(
      join(directory, 'v2.json'),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  const options = { report: '{{version}}.json' };
  return {
    gate: sbomGate.create({
      directory,
      denyLicences: ['AGPL-*'],
      denyComponents: ['pkg:npm/event-stream@3.3.6', 'log4j-core'],
    }),
    open: [
      { name: 'CycloneDX', options, arrange: file(cyclone([whole])) },
      { name: 'SPDX', options, arrange: file(spdx([whole])) },
      {
        name: 'a choice of licences of which one may be',
        options,
        arrange: file(cyclone([{ ...whole, licence: 'AGPL-3.0-only OR MIT' }])),
      },
      {
        name: 'as complete as the plan asks',
        options: { ...options, complete: 50 },
        arrange: file(cyclone([whole, { name: 'vendored' }])),
      },
    ],
    closed: [
      {
        name: 'a stale one',
        options,
        arrange: file(spdx([whole], ago(40))),
        answer: 'hold',
        says: /it is 40d old, and may be 30d; let the build make it anew/,
      },
      {
        name: 'one that is dated ahead',
        options,
        arrange: file(cyclone([whole], ago(-2))),
        answer: 'hold',
        says: /it is dated ahead, .*; let the build make it anew/,
      },
      {
        name: 'a licence that may not be',
        options,
        arrange: file(cyclone([{ ...whole, licence: 'AGPL-3.0-only' }])),
        answer: 'refuse',
        says: /left-pad 1\.3\.0: its licence AGPL-3\.0-only is not allowed/,
      },
      {
        name: 'both of two licences, of which one may not be',
        options,
        arrange: file(cyclone([{ ...whole, licence: 'MIT AND AGPL-3.0-only' }])),
        answer: 'refuse',
        says: /is not allowed/,
      },
      {
        name: 'a component that may not be',
        options,
        arrange: file(cyclone([whole, { ...whole, name: 'log4j-core', version: '2.14.0' }])),
        answer: 'refuse',
        says: /log4j-core 2\.14\.0: the policy denies log4j-core/,
      },
      {
        name: 'an incomplete one',
        options,
        arrange: file(cyclone([whole, { name: 'vendored', version: '1' }])),
        answer: 'refuse',
        says: /50\.0 % of its components are complete.*vendored 1 has no licence, no package URL/,
      },
    ],
    missing: [
      { name: 'none', options: { report: 'absent.json' } },
      { name: 'no components', options, arrange: file(cyclone([])) },
      { name: 'no time', options, arrange: file({ ...cyclone([whole]), metadata: {} }) },
      { name: 'half of one', options, arrange: file('{"bomFormat":"CycloneDX"') },
      { name: 'a format of long ago', options, arrange: file({ ...cyclone([whole]), specVersion: '1.0' }) },
      { name: 'a component without a name', options, arrange: file(cyclone([{ version: '1' }])) },
    ],
    close: async () => rmSync(directory, { recursive: true, force: true }),
  };
});
