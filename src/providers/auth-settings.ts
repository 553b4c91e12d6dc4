/** What the operator says of who may use the API: the section `auth`. */
import { z } from 'zod';
import { bindingSchema, issuerFields, ownPrefixes } from '../domain/access/settings.ts';
import { secretSource } from './secret.ts';

/** How people log in with a browser at this issuer. */
const loginSchema = z.strictObject({
  clientId: z.string().min(1).max(300),
  /** Without one, the client is public, and PKCE alone shows that who asks for the tokens began the login. */
  clientSecret: secretSource.optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/))
    .max(30)
    .default(['openid', 'email']),
  /** As the login page names it. Default: the issuer's host. */
  name: z.string().trim().min(1).max(100).optional(),
});

const issuerSchema = z.strictObject({ ...issuerFields, login: loginSchema.optional() });
export type IssuerSettings = z.infer<typeof issuerSchema>;

/** Sessions are kept by browsers, encrypted: the first key seals, each of them opens. */
const sessionsSchema = z.strictObject({
  keys: z.array(secretSource).min(1).max(5),
  /** After so long somebody has to log in again. */
  hours: z.number().int().min(1).max(24).default(8),
  /**
   * Where it stands which sessions there are, so that single ones can be ended: a folder beside the configuration file
   * that all replicas share and may write. Default: none, and a session ends by itself alone.
   */
  folder: z.string().min(1).optional(),
});
export type SessionSettings = z.infer<typeof sessionsSchema>;

export const authSection = z
  .strictObject({
    /** Path of the file that `sluice tokens` writes, beside the configuration file. */
    tokens: z.string().min(1).optional(),
    oidc: z.array(issuerSchema).max(20).default([]),
    grants: z.array(bindingSchema).max(1000).default([]),
    sessions: sessionsSchema.optional(),
  })
  .superRefine(({ oidc, sessions }, context) => {
    const prefixes = oidc.map(({ prefix }) => prefix);
    const say = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (new Set(prefixes).size < prefixes.length || prefixes.some((one) => ownPrefixes.includes(one))) {
      say(['oidc'], 'each issuer needs a prefix of its own, and none may be `group:` or `token:`');
    }
    oidc.forEach(({ login }, at) => {
      if (login === undefined) return;
      if (sessions === undefined) say(['oidc', at, 'login'], 'needs sessions.keys');
      if (!login.scopes.includes('openid')) say(['oidc', at, 'login', 'scopes'], 'must name openid');
    });
  });
export type AuthConfig = z.infer<typeof authSection>;
