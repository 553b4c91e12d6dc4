/**
 * An image that a real cosign has signed and attested; README.md tells how. Without what cosign left, the registry has
 * the image alone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { StoredManifest, TestRegistry } from '../registry.ts';

const here = (file: string) => join(import.meta.dirname, file);
const textOf = (file: string) => readFileSync(here(file), 'utf8');

export const keyFile = here('cosign.pub');
export const otherKeyFile = here('other.pub');

const manifest: z.ZodType<StoredManifest> = z.object({
  reference: z.string(),
  mediaType: z.string(),
  text: z.string(),
  blobs: z.array(z.string()),
});
const fixture = z.object({
  /** Digest of the image. */
  digest: z.string(),
  /** What cosign 3 left: an index under the tag that stands in for the referrers API, and the manifests in it. */
  bundles: z.array(manifest),
  /** What cosign leaves under `.sig` and `.att` when it is told to keep to the older form. */
  tags: z.array(manifest),
});

export const left = fixture.parse(JSON.parse(textOf('cosign.json')));

const platforms = ['linux/amd64', 'linux/arm64'];

/** Returns its digest, which is always the same. */
async function pushImage(registry: TestRegistry, repository = 'acme/shop'): Promise<string> {
  return await registry.push(repository, 'v2', 'signed', platforms);
}

/** With all that belongs to it: signatures and provenance, in the newer form or in the older one. */
export async function pushSigned(
  registry: TestRegistry,
  form: 'bundles' | 'tags' = 'bundles',
  repository = 'acme/shop',
): Promise<string> {
  const digest = await pushImage(registry, repository);
  for (const one of left[form]) await registry.put(repository, one);
  return digest;
}

/** A build on GitHub, attested by its workflow and logged by Sigstore; README.md tells whose. */
export const published = {
  file: here('published.sigstore.json'),
  trustedRoot: here('trusted_root.json'),
  digest: 'sha256:49a3aa6075e0f49f82843e74b5baa614ad2a588e6675612bf108a0a008c5ac25',
  repository: 'malancas/attest-demo',
  commit: '95baf27389e83e6a5c48f42e190d48d7abcea19e',
  issuer: 'https://token.actions.githubusercontent.com',
  subject:
    'https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml@09b495c3f12c7881b3cc17209a327792065c1a1d',
  builder: 'https://github.com/actions/runner/github-hosted',
} as const;
