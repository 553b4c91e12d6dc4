/** What something that was signed says, and of which images: cosign's payloads and in-toto statements. Pure. */
import { z } from 'zod';
import { parsedJson } from '../parsed-json.ts';
import { isProvenance, type Provenance, readProvenance } from './provenance.ts';

export interface Claim {
  /** Digests that it is about, `sha256:…`. */
  readonly digests: readonly string[];
  readonly says:
    | { readonly kind: 'signed' }
    | { readonly kind: 'built'; readonly provenance: Provenance }
    | { readonly kind: 'other'; readonly type: string };
}

const payload = z.object({
  critical: z.object({
    type: z.enum(['cosign container image signature', 'atomic container signature']),
    image: z.object({ 'docker-manifest-digest': z.string().regex(/^sha256:[0-9a-f]{64}$/) }),
  }),
});

/** The payload that cosign signs where signatures lie beside images under a tag. Null: it is none. */
export function readPayload(text: string): Claim | null {
  const { data } = payload.safeParse(parsedJson(text));
  return data === undefined
    ? null
    : { digests: [data.critical.image['docker-manifest-digest']], says: { kind: 'signed' } };
}

const statement = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })).min(1),
  predicateType: z.string(),
  predicate: z.unknown(),
});

const signedType = 'https://sigstore.dev/cosign/sign/v1';

/** Null: it is no statement, or provenance that cannot be read. */
export function readStatement(payloadType: string, text: string): Claim | null {
  if (payloadType !== 'application/vnd.in-toto+json') return null;
  const { data } = statement.safeParse(parsedJson(text));
  if (data === undefined) return null;
  const { subject, predicateType: type, predicate } = data;
  const digests = subject.flatMap(({ digest }) =>
    digest.sha256 === undefined ? [] : [`sha256:${digest.sha256}`],
  );
  if (type === signedType) return { digests, says: { kind: 'signed' } };
  if (!isProvenance(type)) return { digests, says: { kind: 'other', type } };
  const provenance = readProvenance(type, predicate);
  return provenance === null ? null : { digests, says: { kind: 'built', provenance } };
}
