/** A webhook of your own that gets each notice as a CloudEvent, structured or binary, signed. */
import { z } from 'zod';
import { readHeader, secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { signed } from '../signing.ts';
import { type CloudEvent, cloudEventsOf } from './cloud-event.ts';
import { failed, httpAddress, post } from './posting.ts';
import type { Notifier, NotifierType } from './types.ts';

const settings = z.strictObject({
  url: httpAddress.describe('Address to which each notice is posted.'),
  mode: z
    .enum(['structured', 'binary'])
    .default('structured')
    .describe('Whether attributes stand in the body (application/cloudevents+json) or in ce- headers.'),
  cdevents: z.boolean().default(true).describe('Whether CDEvents of the service are sent as well.'),
  secret: secretSource.optional().describe('Where to read the secret that messages are signed with.'),
  authorization: secretSource.optional().describe('Where to read the value of the Authorization header.'),
});

export const webhook: NotifierType = {
  type: 'webhook',
  summary: 'A webhook that gets CloudEvents 1.0 and CDEvents, signed.',
  options: z.strictObject({}),
  settings,
  create: (given) => createWebhook(readSettings('webhook', settings, given)),
};

function createWebhook(given: z.output<typeof settings>): Notifier {
  const { url, mode, cdevents, secret, authorization } = given;
  const who = `the webhook at ${new URL(url).host}`;
  const send = async (event: CloudEvent, signal: AbortSignal) => {
    const { headers, body } = mode === 'binary' ? binary(event) : structured(event);
    const signature = await signed(secret, body);
    if ('problem' in signature) throw failed(who, signature.problem);
    const login =
      authorization === undefined
        ? {}
        : { authorization: await readHeader('Authorization', authorization, 'notify-failed') };
    await post({ url, who, headers: { ...headers, ...login, ...signature.headers }, body }, signal);
  };
  return {
    async tell(message, signal) {
      const events = message.notices.flatMap((notice) => cloudEventsOf(message, notice, cdevents));
      const sent = events.findIndex(({ id }) => id === message.thread?.sent);
      for (const event of events.slice(sent + 1)) {
        await send(event, signal);
        message.keep({ sent: event.id });
      }
      return null;
    },
    async close() {},
  };
}

function structured(event: CloudEvent) {
  return {
    headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    body: JSON.stringify(event),
  };
}

function binary({ data, datacontenttype, ...attributes }: CloudEvent) {
  const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encoded(String(value))]);
  return {
    headers: { ...Object.fromEntries(headers), 'content-type': datacontenttype },
    body: JSON.stringify(data),
  };
}

/** As the HTTP binding wants it: printable ASCII as it is, all else (and quotes and percent signs) percent-encoded. */
function encoded(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]|["%]/gu, (one) => encodeURIComponent(one));
}
