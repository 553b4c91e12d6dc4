/** Opens if the image is in its registry, is what its digest says, and is still the one that the rollout began with. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ImageReference, parseChallenge, parseImage } from '../../domain/gates/image-reference.ts';
import { type OutgoingAnswer, OutgoingError, outgoing } from '../outgoing.ts';
import { placeOf, readSecret, secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

const maxBytes = 4 * 1024 * 1024;
const manifests = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const options = z.strictObject({
  pinned: z.boolean().default(false).describe('The plan must name the image by its digest.'),
  platforms: z
    .array(z.string().regex(/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/, 'must be os/architecture'))
    .min(1)
    .max(20)
    .optional()
    .describe('Platforms that it must be made for, such as linux/arm64. Default: any.'),
});

const login = z.strictObject({ username: z.string().min(1), password: secretSource });
const settings = z.strictObject({
  credentials: z
    .record(z.string(), login)
    .default({})
    .describe('By registry: user name, and where to read the password or token.'),
  insecure: z.array(z.string()).default([]).describe('Registries that are asked without TLS.'),
});

export const imageGate: GateType = {
  type: 'image',
  summary: 'The image is in its OCI registry, is what its digest says, and its tag has not moved.',
  options,
  settings,
  intervalMs: 15_000,
  create: (given) => createImage(readSettings('image', settings, given)),
};

class Unanswered extends Error {}

function createImage(known: z.output<typeof settings>): Gate {
  return {
    async evaluate(question, signal) {
      const { pinned, platforms = [] } = options.parse(question.options);
      const { image } = question.artifact;
      const reference = image === undefined ? null : parseImage(image);
      if (reference === null) {
        const reason =
          'the plan must name artifact.image as registry/repository:tag or with @sha256:…; add it and start again';
        return { answer: 'refuse', reason };
      }
      if (pinned && reference.digest === null) {
        return {
          answer: 'refuse',
          reason: `${image} has no digest; name it as …@sha256:…, since a tag can be moved`,
        };
      }
      try {
        return await judge(new Registry(known, reference, signal), reference, platforms, question);
      } catch (error) {
        if (!(error instanceof Unanswered || error instanceof OutgoingError)) throw error;
        return { answer: 'hold', reason: error.message };
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
  const facts = { digest: found.digest, tag, mediaType: found.mediaType, platforms: found.platforms };
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
  const absent = platforms.filter((one) => !found.platforms.includes(one));
  if (absent.length > 0) {
    const has = found.platforms.join(', ') || 'one platform, which it does not tell';
    return refuse(`it is not made for ${absent.join(', ')}, but for ${has}; build it for them`);
  }
  return { answer: 'open', reason: `it is in the registry as ${found.digest}`, facts };
}

interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly platforms: readonly string[];
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

/** One registry, asked about one repository; it logs in when it is told to. */
class Registry {
  private readonly known: z.output<typeof settings>;
  private readonly image: ImageReference;
  private readonly signal: AbortSignal;
  private authorization: string | null = null;

  constructor(known: z.output<typeof settings>, image: ImageReference, signal: AbortSignal) {
    this.known = known;
    this.image = image;
    this.signal = signal;
  }

  /** Null: there is none of that name. The digest is computed from what came, not believed. */
  async manifest(name: string): Promise<Manifest | null> {
    const answer = await this.ask(name);
    if (answer.status === 404) return null;
    if (answer.status !== 200)
      throw new Unanswered(`the registry answered ${answer.status}; see that it is well`);
    const mediaType = answer.headers.get('content-type') ?? '';
    return { digest: `sha256:${sha256(answer.text)}`, mediaType, platforms: platformsIn(answer.text) };
  }

  private async ask(name: string): Promise<OutgoingAnswer> {
    const { registry, repository } = this.image;
    const scheme = this.known.insecure.includes(registry) ? 'http' : 'https';
    const url = `${scheme}://${registry}/v2/${repository}/manifests/${name}`;
    const once = () => {
      const login = this.authorization === null ? {} : { authorization: this.authorization };
      return outgoing(url, { headers: { accept: manifests, ...login }, maxBytes }, this.signal);
    };
    const answer = await once();
    if (answer.status !== 401 || this.authorization !== null) return refused(answer);
    this.authorization = await this.logIn(answer.headers.get('www-authenticate') ?? '');
    return refused(await once());
  }

  private async logIn(header: string): Promise<string> {
    const basic = await this.basic();
    const challenge = parseChallenge(header);
    if (challenge === null) {
      if (basic === null) throw new Unanswered('the registry wants a login; set credentials for it');
      return basic;
    }
    const { realm, query } = challenge;
    // Whoever answers for a registry may not have its password sent in the clear.
    if (!realm.startsWith('https://') && !this.known.insecure.includes(this.image.registry)) {
      throw new Unanswered('the registry asks to log in without TLS, which is not done');
    }
    const headers = basic === null ? {} : { authorization: basic };
    const { status, text } = await outgoing(`${realm}?${query}`, { headers, maxBytes }, this.signal);
    const token = status === 200 ? tokenIn(text) : null;
    if (token === null) throw new Unanswered(`the registry's login answered ${status}; see its credentials`);
    return `Bearer ${token}`;
  }

  private async basic(): Promise<string | null> {
    const own = this.known.credentials[this.image.registry];
    if (own === undefined) return null;
    const password = await readSecret(own.password);
    if (password === null) throw new Unanswered(`${placeOf(own.password)} is missing or empty`);
    return `Basic ${Buffer.from(`${own.username}:${password}`).toString('base64')}`;
  }
}

function refused(answer: OutgoingAnswer): OutgoingAnswer {
  if (answer.status !== 401 && answer.status !== 403) return answer;
  throw new Unanswered(`the registry refuses to tell (${answer.status}); see its credentials`);
}

function tokenIn(text: string): string | null {
  const { data } = z
    .object({ token: z.string().optional(), access_token: z.string().optional() })
    .safeParse(json(text));
  return data?.token ?? data?.access_token ?? null;
}

function platformsIn(text: string): string[] {
  const { data } = index.safeParse(json(text));
  return (data?.manifests ?? []).flatMap(({ platform }) => {
    // Attestations stand in an index as well, for a platform that nobody has.
    if (platform === undefined || platform.os === 'unknown') return [];
    const { os, architecture, variant } = platform;
    return [[os, architecture, variant].filter((part) => part !== undefined).join('/')];
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
