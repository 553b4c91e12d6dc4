/** What the operator says of who may use the API: the section `auth`, and the file of tokens. */
import { z } from 'zod';
import { roles } from './grants.ts';

const pattern = z.string().min(1).max(255);
const grantFields = {
  role: z.enum(roles),
  environments: z.array(pattern).min(1).max(1000).default(['*']),
  services: z.array(pattern).min(1).max(1000).default(['*']),
};
/** Whoever could change what comes from there could let anybody in. */
export const keySource = z.url().refine((url) => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}, 'must be an https address, but on this machine');

export const issuerSchema = z.strictObject({
  issuer: keySource,
  audience: z.string().min(1),
  /** Where its keys are; by default what its discovery document says. */
  jwksUrl: keySource.optional(),
  /** The claim that names who it is. It must be one that people cannot choose for themselves. */
  nameClaim: z.string().min(1).default('sub'),
  groupsClaim: z.string().min(1).default('groups'),
  /** Put before names and groups, so that two issuers never name the same. */
  prefix: z.string().max(50).default(''),
  /** Claims that a token must have, with these values. */
  require: z.record(z.string(), z.string()).default({}),
});
export type IssuerSettings = z.infer<typeof issuerSchema>;

export const bindingSchema = z.strictObject({
  ...grantFields,
  /** Names of principals, and `group:` with the name of a group. */
  to: z.array(z.string().min(1).max(300)).min(1).max(1000),
});
export type Binding = z.infer<typeof bindingSchema>;

/** Names of groups and of API tokens begin so, and nobody else's may. */
export const ownPrefixes: readonly string[] = ['group:', 'token:'];

export const authSection = z
  .strictObject({
    /** Path of the file that `sluice tokens` writes, beside the configuration file. */
    tokens: z.string().min(1).optional(),
    oidc: z.array(issuerSchema).max(20).default([]),
    grants: z.array(bindingSchema).max(1000).default([]),
  })
  .superRefine(({ oidc }, context) => {
    const prefixes = oidc.map(({ prefix }) => prefix);
    if (new Set(prefixes).size === prefixes.length && !prefixes.some((one) => ownPrefixes.includes(one)))
      return;
    const message = 'each issuer needs a prefix of its own, and none may be `group:` or `token:`';
    context.addIssue({ code: 'custom', path: ['oidc'], message });
  });
export type AuthConfig = z.infer<typeof authSection>;

export const maxTokens = 5_000;

export const tokenEntrySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{12}$/),
  name: z.string().trim().min(1).max(200),
  /** SHA-256 of the secret, hexadecimal. A secret of 256 random bits needs no slower one. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  created: z.iso.datetime({ offset: true }),
  /** From this moment on it is good for nothing. */
  expires: z.iso.datetime({ offset: true }),
  grants: z.array(z.strictObject(grantFields)).min(1).max(100),
});
export const tokenFileSchema = z.strictObject({ tokens: z.array(tokenEntrySchema).max(maxTokens) });
export type TokenEntry = z.infer<typeof tokenEntrySchema>;
