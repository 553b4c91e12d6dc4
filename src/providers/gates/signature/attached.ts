/**
 * What an image's registry holds beside it: Sigstore bundles that refer to it, and cosign's signatures and attestations
 * under tags.
 */
import { z } from 'zod';
import { parsedJson } from '../../../domain/parsed-json.ts';
import type { Registry } from '../registry/client.ts';
import { type Annotations, fromEnvelope, fromPayload, type Reading, readBundles } from './candidate.ts';

/** More than these are not looked at, so that nobody can make a look endless. */
const most = 50;
const bundleType = 'application/vnd.dev.sigstore.bundle';

const index = z.object({
  manifests: z.array(z.object({ digest: z.string(), artifactType: z.string().optional() })),
});
const manifest = z.object({
  layers: z.array(
    z.object({
      mediaType: z.string(),
      digest: z.string(),
      annotations: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

export async function attachedTo(registry: Registry, digest: string): Promise<readonly Reading[]> {
  const tag = digest.replace(':', '-');
  const all = await Promise.all([
    referring(registry, digest),
    layersOf(registry, `${tag}.sig`, fromPayload),
    layersOf(registry, `${tag}.att`, fromEnvelope),
  ]);
  return all.flat();
}

async function referring(registry: Registry, digest: string): Promise<readonly Reading[]> {
  const text = await registry.referrers(digest);
  const { data } = index.safeParse(parsedJson(text ?? ''));
  const bundles = (data?.manifests ?? []).filter(({ artifactType }) => artifactType?.startsWith(bundleType));
  const read = (from: string, content: string) => readBundles(from, content);
  const found = await Promise.all(
    bundles.slice(0, most).map((one) => layersOf(registry, one.digest, read, bundleType)),
  );
  return found.flat();
}

async function layersOf(
  registry: Registry,
  name: string,
  read: (from: string, text: string, annotations: Annotations) => Reading | readonly Reading[],
  mediaType = '',
): Promise<readonly Reading[]> {
  const found = await registry.manifest(name);
  if (found === null) return [];
  const { data } = manifest.safeParse(parsedJson(found.text));
  if (data === undefined) return [{ from: name, problem: 'it is no manifest' }];
  const layers = data.layers.filter((layer) => layer.mediaType.startsWith(mediaType)).slice(0, most);
  const readings = await Promise.all(
    layers.map(async ({ digest, annotations }): Promise<Reading | readonly Reading[]> => {
      const text = await registry.blob(digest);
      return text === null
        ? { from: name, problem: `its ${digest} is not there, or is another` }
        : read(name, text, annotations);
    }),
  );
  return readings.flat();
}
