/** SLSA provenance: who built something, and from what, and whether that is as it should be. Pure. */
import { z } from 'zod';
import { fits } from './pattern.ts';

export interface Provenance {
  readonly builder: string;
  /** Address of the source repository; null: it does not tell. */
  readonly repository: string | null;
  readonly commit: string | null;
}

interface Builder {
  /** Its id, or the beginning of one with `*` at its end. */
  readonly id: string;
  /** Up to which level of SLSA's build track it is trusted. */
  readonly level: number;
  /** Signers who may speak for it; null: any. */
  readonly signers: readonly string[] | null;
}

export interface WantedProvenance {
  readonly level: number;
  readonly builders: readonly Builder[];
  readonly repository: string;
  /** Null: any. */
  readonly commit: string | null;
}

/** Null: it is as it should be. */
export function provenanceFault(found: Provenance, wanted: WantedProvenance, signer: string): string | null {
  const named = wanted.builders.filter(({ id }) => fits(id, found.builder));
  if (named.length === 0) return `it was built by ${found.builder}, which is no builder of the operator's`;
  const known = named.filter(({ signers }) => signers === null || signers.includes(signer));
  if (known.length === 0) return `the signer ${signer} may not speak for the builder ${found.builder}`;
  const level = Math.max(...known.map((one) => one.level));
  if (level < wanted.level)
    return `it was built by ${found.builder}, which is trusted for level ${level}, not ${wanted.level}`;
  if (found.repository !== wanted.repository)
    return `it was built from ${found.repository ?? 'a source that it does not tell'}, not from ${wanted.repository}`;
  if (wanted.commit !== null && found.commit !== wanted.commit)
    return `it was built from commit ${found.commit ?? 'unknown'}, not ${wanted.commit}`;
  return null;
}

/** Whether a predicate of this type is SLSA provenance at all. */
export function isProvenance(predicateType: string): boolean {
  return predicateType.startsWith('https://slsa.dev/provenance/');
}

/** Null: it is of a version that is not known, or lacks what it must have. */
export function readProvenance(predicateType: string, predicate: unknown): Provenance | null {
  if (/^https:\/\/slsa\.dev\/provenance\/v1(\.\d+)?$/.test(predicateType)) return readFirst(predicate);
  return predicateType === 'https://slsa.dev/provenance/v0.2' ? readBefore(predicate) : null;
}

const text = z.string().min(1).max(2_000);
const digests = z.record(z.string(), z.string());
const source = z.union([text, z.object({ uri: text })]);

const version1 = z.object({
  buildDefinition: z.object({
    externalParameters: z
      .object({
        source: source.optional(),
        repository: text.optional(),
        workflow: z.object({ repository: text }).optional(),
      })
      .optional()
      .catch(undefined),
    resolvedDependencies: z.array(z.object({ uri: text.optional(), digest: digests.optional() })).default([]),
  }),
  runDetails: z.object({ builder: z.object({ id: text }) }),
});

function readFirst(predicate: unknown): Provenance | null {
  const { data } = version1.safeParse(predicate);
  if (data === undefined) return null;
  const { externalParameters: given, resolvedDependencies } = data.buildDefinition;
  const git = resolvedDependencies.flatMap(({ uri, digest }) =>
    uri?.startsWith('git+') ? [{ repository: repositoryIn(uri), digest }] : [],
  );
  // What the build was asked for; what it took beside that may be anything.
  const asked = given?.workflow?.repository ?? given?.repository ?? given?.source;
  const named = asked === undefined ? undefined : repositoryIn(typeof asked === 'string' ? asked : asked.uri);
  const repository = named ?? git[0]?.repository ?? null;
  const digest = git.find((one) => one.repository === repository)?.digest;
  return { builder: data.runDetails.builder.id, repository, commit: commitIn(digest) };
}

const version02 = z.object({
  builder: z.object({ id: text }),
  invocation: z
    .object({ configSource: z.object({ uri: text.optional(), digest: digests.optional() }).optional() })
    .optional(),
});

function readBefore(predicate: unknown): Provenance | null {
  const { data } = version02.safeParse(predicate);
  if (data === undefined) return null;
  const { uri, digest } = data.invocation?.configSource ?? {};
  return {
    builder: data.builder.id,
    repository: uri === undefined ? null : repositoryIn(uri),
    commit: commitIn(digest),
  };
}

/** `git+https://github.com/acme/shop.git@refs/heads/main` is `https://github.com/acme/shop`. */
function repositoryIn(uri: string): string {
  const bare = uri.replace(/^git\+/, '');
  const afterHost = bare.indexOf('/', bare.indexOf('://') + 3);
  const at = bare.indexOf('@', Math.max(0, afterHost));
  return (at === -1 ? bare : bare.slice(0, at)).replace(/\/$/, '').replace(/\.git$/, '');
}

function commitIn(digest: z.output<typeof digests> | undefined): string | null {
  return digest?.gitCommit ?? digest?.sha1 ?? null;
}
