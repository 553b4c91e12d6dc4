/** A hook that posts JSON to an address of the operator's. */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { networkCause } from '../network-cause.ts';
import { readAuthorization, secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import type { Hook, HookType } from './types.ts';

const settings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    // fetch refuses such an address with a message that quotes it, which would end up in history.
    .refine(hasNoCredentials, 'must have no user name and no password; set authorization')
    .describe('Address to which the call is posted as JSON.'),
  authorization: secretSource.optional().describe('Where to read the value of the Authorization header.'),
});
type HttpSettings = z.infer<typeof settings>;

export const http: HookType = {
  type: 'http',
  summary: 'Posts JSON to an address; any 2xx status means done.',
  options: z.strictObject({}),
  settings,
  create: (given) => createHttp(readSettings('http', settings, given)),
};

function createHttp({ url, authorization }: HttpSettings): Hook {
  return {
    async call(input, signal) {
      const headers = {
        'content-type': 'application/json',
        ...(await readAuthorization(authorization, 'hook-failed')),
      };
      const body = JSON.stringify(input);
      const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' }).catch(
        (error: unknown) => {
          signal.throwIfAborted();
          throw failed(`the hook did not answer: ${networkCause(error)}`);
        },
      );
      await answer.body?.cancel();
      if (!answer.ok) throw failed(`the hook answered ${answer.status}`);
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
