/** What the operator says of who may use the API: issuers, grants, and the file of tokens. */
import { z } from 'zod';
import { roles } from './grants.ts';

/** What no environment and no service can be called would bind to nothing, and nobody would see why. */
export const placePattern = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9._*-]+$/, 'must be a name, in which `*` stands for any characters');
const grantFields = {
  role: z.enum(roles),
  environments: z.array(placePattern).min(1).max(1000).default(['*']),
  services: z.array(placePattern).min(1).max(1000).default(['*']),
};
/** Whoever could change what comes from there could let anybody in. */
export const keySource = z.url().refine((url) => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}, 'must be an https address, but on this machine');

export const issuerFields = {
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
};

export const bindingSchema = z.strictObject({
  ...grantFields,
  /** Names of principals, and `group:` with the name of a group. */
  to: z.array(z.string().min(1).max(300)).min(1).max(1000),
});
export type Binding = z.infer<typeof bindingSchema>;

/** Names of groups and of API tokens begin so, and nobody else's may. */
export const ownPrefixes: readonly string[] = ['group:', 'token:'];

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
