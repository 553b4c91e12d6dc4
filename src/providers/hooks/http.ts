/** A hook that posts JSON to an address of the operator's. */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { OutgoingError, outgoing } from '../outgoing.ts';
import { readAuthorization, secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { signed } from '../signing.ts';
import type { Hook, HookType } from './types.ts';

const settings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    // fetch refuses such an address with a message that quotes it, which would end up in history.
    .refine(hasNoCredentials, 'must have no user name and no password; set authorization')
    .describe('Address to which the call is posted as JSON.'),
  authorization: secretSource.optional().describe('Where to read the value of the Authorization header.'),
  secret: secretSource.optional().describe('Where to read the secret that calls are signed with.'),
});
type HttpSettings = z.infer<typeof settings>;

export const http: HookType = {
  type: 'http',
  summary: 'Posts JSON to an address; any 2xx status means done.',
  options: z.strictObject({}),
  settings,
  create: (given) => createHttp(readSettings('http', settings, given)),
};

function createHttp({ url, authorization, secret }: HttpSettings): Hook {
  return {
    async call(input, signal) {
      const body = JSON.stringify(input);
      const signature = await signed(secret, body);
      if ('problem' in signature) throw failed(signature.problem);
      const headers = {
        'content-type': 'application/json',
        ...(await readAuthorization(authorization, 'hook-failed')),
        ...signature.headers,
      };
      const request = { method: 'POST', headers, body, maxBytes: null } as const;
      const { status } = await outgoing(url, request, signal).catch((error: unknown) => {
        throw error instanceof OutgoingError ? failed(error.message) : error;
      });
      if (status < 200 || status > 299) throw failed(`the hook answered ${status}`);
    },
    async close() {},
  };
}

function hasNoCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function failed(what: string): SluiceError {
  return new SluiceError('hook-failed', `${what.charAt(0).toUpperCase()}${what.slice(1)}.`);
}
