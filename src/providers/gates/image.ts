/** Opens if the image is in its registry, is what its digest says, and is still the one that the rollout began with. */
import { z } from 'zod';
import type { ImageReference } from '../../domain/gates/image-reference.ts';
import { parsedJson } from '../../domain/parsed-json.ts';
import { readSettings } from '../settings.ts';
import { Registry, registrySettings } from './registry/client.ts';
import { imageOf, noImage, unanswered } from './registry/verdict.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

const options = z.strictObject({
  pinned: z.boolean().default(false).describe('The plan must name the image by its digest.'),
  platforms: z
    .array(z.string().regex(/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/, 'must be os/architecture'))
    .min(1)
    .max(20)
    .optional()
    .describe('Platforms that it must be made for, such as linux/arm64. Default: any.'),
});

const settings = z.strictObject(registrySettings);

export const imageGate: GateType = {
  type: 'image',
  summary: 'The image is in its OCI registry, is what its digest says, and its tag has not moved.',
  options,
  settings,
  intervalMs: 15_000,
  create: (given) => createImage(readSettings('image', settings, given)),
};

function createImage(known: z.output<typeof settings>): Gate {
  return {
    async evaluate(question, signal) {
      const { pinned, platforms = [] } = options.parse(question.options);
      const reference = imageOf(question);
      if (reference === null) return noImage;
      if (pinned && reference.digest === null) {
        return {
          answer: 'refuse',
          reason: `${question.artifact.image} has no digest; name it as …@sha256:…, since a tag can be moved`,
        };
      }
      try {
        return await judge(new Registry(known, reference, signal), reference, platforms, question);
      } catch (error) {
        return unanswered(error);
      }
    },
    async close() {},
  };
}

async function judge(
  registry: Registry,
  { tag, digest }: ImageReference,
  platforms: readonly string[],
  { digests, gate }: GateQuestion,
): Promise<GateVerdict> {
  const tagged = tag === null ? null : await registry.manifest(tag);
  const found = digest === null ? tagged : await registry.manifest(digest);
  if (found === null) return { answer: 'hold', reason: 'it is not in the registry; push it' };
  const built = platformsIn(found.text);
  const facts = { digest: found.digest, tag, mediaType: found.mediaType, platforms: built };
  const refuse = (reason: string): GateVerdict => ({ answer: 'refuse', reason, facts });
  if (digest !== null && found.digest !== digest)
    return refuse(`the registry gives ${found.digest} for ${digest}`);
  if (digest !== null && tag !== null && tagged?.digest !== digest) {
    return refuse(
      `the tag ${tag} is ${tagged?.digest ?? 'gone'}, not ${digest}; roll out what it is now, or leave it out`,
    );
  }
  const before = digests[gate];
  if (before !== undefined && before !== found.digest) {
    return refuse(
      `the tag ${tag} was ${before} when this rollout began, and is ${found.digest} now; start anew`,
    );
  }
  const absent = platforms.filter((one) => !built.includes(one));
  if (absent.length > 0) {
    const has = built.join(', ') || 'one platform, which it does not tell';
    return refuse(`it is not made for ${absent.join(', ')}, but for ${has}; build it for them`);
  }
  return { answer: 'open', reason: `it is in the registry as ${found.digest}`, facts };
}

const index = z.object({
  manifests: z.array(
    z.object({
      platform: z
        .object({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
        .optional(),
    }),
  ),
});

function platformsIn(text: string): string[] {
  const { data } = index.safeParse(parsedJson(text));
  return (data?.manifests ?? []).flatMap(({ platform }) => {
    // Attestations stand in an index as well, for a platform that nobody has.
    if (platform === undefined || platform.os === 'unknown') return [];
    const { os, architecture, variant } = platform;
    return [[os, architecture, variant].filter((part) => part !== undefined).join('/')];
  });
}
