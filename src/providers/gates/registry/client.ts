/** An OCI registry, asked about one repository: logins, manifests, blobs, and what refers to an image. */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { type ImageReference, parseChallenge } from '../../../domain/gates/image-reference.ts';
import { parsedJson } from '../../../domain/parsed-json.ts';
import { type OutgoingAnswer, outgoing } from '../../outgoing.ts';
import { placeOf, readSecret, secretSource } from '../../secret.ts';

const maxBytes = 4 * 1024 * 1024;
const manifests = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const login = z.strictObject({ username: z.string().min(1), password: secretSource });

/** What the operator sets. */
export const registrySettings = {
  credentials: z
    .record(z.string(), login)
    .default({})
    .describe('By registry: user name, and where to read the password or token.'),
  insecure: z.array(z.string()).default([]).describe('Registries that are asked without TLS.'),
  registries: z
    .array(z.string().min(1).max(300))
    .nullable()
    .default(null)
    .describe(
      'Registries that may be asked, and where they may lead to for logins and blobs: host, host:port, or *.host. Default: any by a public name, none by address and none of the machine or the cluster; those of `credentials` and `insecure` may always be asked.',
    ),
};

type RegistrySettings = z.output<z.ZodObject<typeof registrySettings>>;

/** What a registry did not tell, and what to see to. */
export class Unanswered extends Error {}

/** A plan named a registry that is not asked. */
export class NotAsked extends Unanswered {}

interface Manifest {
  /** Computed from what came, not believed. */
  readonly digest: string;
  readonly mediaType: string;
  readonly text: string;
}

/** It logs in when it is told to. */
export class Registry {
  private readonly known: RegistrySettings;
  private readonly image: ImageReference;
  private readonly signal: AbortSignal;
  private authorization: string | null = null;

  constructor(known: RegistrySettings, image: ImageReference, signal: AbortSignal) {
    this.known = known;
    this.image = image;
    this.signal = signal;
    const { registry } = image;
    if (mayAsk(known, registry)) return;
    throw new NotAsked(
      `${registry} is not among the registries that may be asked; ask the operator of this gate`,
    );
  }

  /** Null: there is none of that name. */
  async manifest(name: string): Promise<Manifest | null> {
    const answer = await this.found(`manifests/${name}`, manifests);
    if (answer === null) return null;
    const mediaType = answer.headers.get('content-type') ?? '';
    return { digest: digestOf(answer.text), mediaType, text: answer.text };
  }

  /** Null: there is none, or what came is another one. */
  async blob(digest: string): Promise<string | null> {
    const answer = await this.ask(`blobs/${digest}`, '*/*');
    const text = (await this.beyond(answer)).text;
    return digestOf(text) === digest ? text : null;
  }

  /**
   * The index of what refers to a digest, by the API for it or by the tag that stands in for it; null: there is none.
   */
  async referrers(digest: string): Promise<string | null> {
    const answer = await this.ask(`referrers/${digest}`, manifests);
    if (answer.status === 200) return answer.text;
    return (await this.manifest(digest.replace(':', '-')))?.text ?? null;
  }

  private async found(path: string, accept: string): Promise<OutgoingAnswer | null> {
    const answer = await this.ask(path, accept);
    if (answer.status === 404) return null;
    if (answer.status !== 200)
      throw new Unanswered(`the registry answered ${answer.status}; see that it is well`);
    return answer;
  }

  /**
   * Many registries leave blobs with a store of their own; it gets no login of ours, and its answer is known by its
   * digest.
   */
  private async beyond(answer: OutgoingAnswer): Promise<OutgoingAnswer> {
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || location === null) return answer;
    const url = new URL(location, this.base);
    if (url.protocol !== 'https:' && !this.isInsecure)
      throw new Unanswered('the registry leads to a store without TLS');
    this.refuseElsewhere(url);
    return await outgoing(url.href, { maxBytes }, this.signal);
  }

  /** Where the answer of a registry leads is its own say, and maybe that of whoever wrote the plan. */
  private refuseElsewhere({ host, protocol }: URL): void {
    if (host === hostOf(this.image.registry, protocol) || mayAsk(this.known, host, protocol)) return;
    throw new Unanswered(`the registry leads to ${host}, which is not among the registries of this gate`);
  }

  private get isInsecure(): boolean {
    return this.known.insecure.includes(this.image.registry);
  }

  private get base(): string {
    const { registry, repository } = this.image;
    return `${this.isInsecure ? 'http' : 'https'}://${registry}/v2/${repository}`;
  }

  private async ask(path: string, accept: string): Promise<OutgoingAnswer> {
    const once = () => {
      const login = this.authorization === null ? {} : { authorization: this.authorization };
      const request = { headers: { accept, ...login }, maxBytes, redirects: 'told' as const };
      return outgoing(`${this.base}/${path}`, request, this.signal);
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
    if (!realm.startsWith('https://') && !this.isInsecure) {
      throw new Unanswered('the registry asks to log in without TLS, which is not done');
    }
    this.refuseElsewhere(new URL(realm));
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

/** `registry`: as somebody wrote it, or the host of a URL. */
function mayAsk(
  { credentials, insecure, registries }: RegistrySettings,
  registry: string,
  protocol = 'https:',
): boolean {
  const host = hostOf(registry, protocol);
  const own = [...insecure, ...Object.keys(credentials)];
  if (own.some((name) => hostOf(name, protocol) === host)) return true;
  if (registries === null) return isPublicName(new URL(`https://${host}`).hostname);
  return registries.some((pattern) =>
    pattern.startsWith('*.')
      ? host.endsWith(hostOf(`x${pattern.slice(1)}`, protocol).slice(1))
      : host === hostOf(pattern, protocol),
  );
}

/**
 * As a URL has it: in small letters, and without the port that its protocol has anyway. What is no host stays as it is.
 */
function hostOf(registry: string, protocol: string): string {
  const url = `${protocol}//${registry}`;
  return URL.canParse(url) ? new URL(url).host : registry.toLowerCase();
}

const inner = /(^|\.)(localhost|local|svc)$/;

/**
 * No address, and neither the worker itself nor its cluster or network: whoever writes a plan does not send the worker
 * there.
 */
function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  const isAddress = isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  return !isAddress && name.includes('.') && !inner.test(name);
}

function refused(answer: OutgoingAnswer): OutgoingAnswer {
  if (answer.status !== 401 && answer.status !== 403) return answer;
  throw new Unanswered(`the registry refuses to tell (${answer.status}); see its credentials`);
}

function tokenIn(text: string): string | null {
  const { data } = z
    .object({ token: z.string().optional(), access_token: z.string().optional() })
    .safeParse(parsedJson(text));
  return data?.token ?? data?.access_token ?? null;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
