/** An OpenID provider in a process of its own. Whoever names an account is that account; any password will do. */
import { createServer } from 'node:http';
import process from 'node:process';
import { Provider } from 'oidc-provider';

const redirectUris = process.argv.slice(2);

/** @param {string} account */
const claimsOf = (account) => ({
  sub: account,
  email: `${account}@example.com`,
  email_verified: account !== 'eve',
  groups: account === 'ann' ? ['sre', 'cooks'] : [],
});

/** @type {import('node:http').RequestListener} */
let answer = () => {};
const server = createServer((request, response) => answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'sluice', client_secret: 'a client secret', redirect_uris: redirectUris }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['for tests'] },
    findAccount: async (_context, account) => ({
      accountId: account,
      claims: async () => claimsOf(account),
    }),
    pkce: { required: () => true },
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Interaction: 600, Session: 600, Grant: 600 },
  });
  answer = provider.callback();
  process.send?.({ issuer });
});
process.on('disconnect', () => process.exit(0));
