/**
 * Software bills of materials, CycloneDX and SPDX, read into one form and judged: complete, fresh, of licences that are
 * allowed. Pure.
 */
import { z } from 'zod';
import { type Licence, type LicencePolicy, licenceAllowed } from './licence.ts';
import { fits } from './pattern.ts';
import { timeOf } from './report-time.ts';

interface Component {
  readonly name: string;
  readonly version: string | null;
  /** All of them hold; empty: none is told. */
  readonly licences: readonly Licence[];
  /** Package URL. */
  readonly purl: string | null;
}

type SbomReading =
  | {
      readonly format: string;
      readonly madeAtMs: number | null;
      /** What the bill is of. */
      readonly subject: string | null;
      readonly components: readonly Component[];
    }
  | { readonly problem: string };

export interface SbomPolicy extends LicencePolicy {
  /** Names or package URLs, or the beginning of one with `*` at its end. */
  readonly denyComponents: readonly string[];
  /** Of the components, how many percent must have a version, a licence and a package URL. */
  readonly completePercent: number;
}

interface SbomVerdict {
  readonly components: number;
  readonly completePercent: number;
  /** Up to ten each, for people. */
  readonly incomplete: readonly string[];
  readonly denied: readonly string[];
}

const shown = 10;

export function judgeSbom(components: readonly Component[], policy: SbomPolicy): SbomVerdict {
  const incomplete = components.filter((one) => lacks(one).length > 0);
  const denied = components.flatMap((one) => {
    const why = deniedWhy(one, policy);
    return why === null ? [] : [`${titleOf(one)}: ${why}`];
  });
  const complete = components.length - incomplete.length;
  return {
    components: components.length,
    completePercent: components.length === 0 ? 0 : (complete / components.length) * 100,
    incomplete: incomplete.slice(0, shown).map((one) => `${titleOf(one)} has no ${lacks(one).join(', no ')}`),
    denied: denied.slice(0, shown),
  };
}

function lacks({ version, licences, purl }: Component): string[] {
  return [
    ...(version === null ? ['version'] : []),
    ...(licences.length === 0 ? ['licence'] : []),
    ...(purl === null ? ['package URL'] : []),
  ];
}

function deniedWhy(one: Component, policy: SbomPolicy): string | null {
  const named = policy.denyComponents.find((each) => fits(each, one.name) || fits(each, one.purl ?? ''));
  if (named !== undefined) return `the policy denies ${named}`;
  const refused = one.licences.find((licence) => !licenceAllowed(licence, policy));
  return refused === undefined ? null : `its licence ${refused.text} is not allowed`;
}

function titleOf({ name, version }: Component): string {
  return version === null ? name : `${name} ${version}`;
}

export function readSbom(text: string): SbomReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'the bill of materials is no JSON' };
  }
  return (
    readCycloneDx(value) ??
    readSpdx(value) ?? { problem: 'it is neither CycloneDX nor SPDX as JSON, or lacks what each must have' }
  );
}

const licence = z.union([
  z.object({ license: z.object({ id: z.string().optional(), name: z.string().optional() }) }),
  z.object({ expression: z.string() }),
]);
const cyclone = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string().regex(/^1\.[3-9]/),
  metadata: z
    .object({
      timestamp: z.string().optional(),
      component: z.object({ name: z.string(), version: z.string().optional() }).optional(),
    })
    .optional(),
});
const cycloneComponents = z.array(
  z.object({
    name: z.string().min(1),
    version: z.string().optional(),
    purl: z.string().optional(),
    licenses: z.array(licence).optional(),
  }),
);

function readCycloneDx(value: unknown): SbomReading | null {
  const { data } = cyclone.safeParse(value);
  const { data: components } = cycloneComponents.safeParse(nestedComponents(value));
  if (data === undefined || components === undefined) return null;
  const { metadata, specVersion } = data;
  const subject = metadata?.component;
  return {
    format: `CycloneDX ${specVersion}`,
    madeAtMs: timeOf(metadata?.timestamp),
    subject: subject === undefined ? null : [subject.name, subject.version].filter(Boolean).join(' '),
    components: components.map(({ name, version, purl, licenses }) => ({
      name,
      version: told(version),
      purl: told(purl),
      licences: (licenses ?? []).flatMap(licenceOf),
    })),
  };
}

function licenceOf(one: z.output<typeof licence>): Licence[] {
  const isExpression = 'expression' in one;
  const text = isExpression ? told(one.expression) : (told(one.license.id) ?? told(one.license.name));
  return text === null ? [] : [{ text, isExpression }];
}

const holder = z.object({ components: z.array(z.unknown()) });

/** A component may hold others, to any depth. Undefined: not even the bill has a list of them. */
function nestedComponents(bill: unknown): unknown[] | undefined {
  const all = holder.safeParse(bill).data?.components;
  const found: unknown[] = [];
  const left = [...(all ?? [])];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    found.push(one);
    // Too many for the arguments of one call.
    for (const inner of holder.safeParse(one).data?.components ?? []) left.push(inner);
  }
  return all === undefined ? undefined : found.reverse();
}

const spdx = z.object({
  spdxVersion: z.string().regex(/^SPDX-2\.[23]$/),
  name: z.string().optional(),
  creationInfo: z.object({ created: z.string() }),
  packages: z.array(
    z.object({
      name: z.string().min(1),
      versionInfo: z.string().optional(),
      licenseConcluded: z.string().optional(),
      licenseDeclared: z.string().optional(),
      externalRefs: z.array(z.object({ referenceType: z.string(), referenceLocator: z.string() })).optional(),
    }),
  ),
});

function readSpdx(value: unknown): SbomReading | null {
  const { data } = spdx.safeParse(value);
  if (data === undefined) return null;
  return {
    format: data.spdxVersion.replace('-', ' '),
    madeAtMs: timeOf(data.creationInfo.created),
    subject: data.name ?? null,
    components: data.packages.map((one) => {
      const concluded = told(one.licenseConcluded) ?? told(one.licenseDeclared);
      return {
        name: one.name,
        version: told(one.versionInfo),
        purl:
          one.externalRefs?.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator ?? null,
        licences: concluded === null ? [] : [{ text: concluded, isExpression: true }],
      };
    }),
  };
}

/** What stands there and says nothing is not there. */
function told(text: string | undefined): string | null {
  return text === undefined || text === '' || text === 'NOASSERTION' || text === 'NONE' ? null : text;
}
