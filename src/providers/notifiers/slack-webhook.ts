/** Slack by an incoming webhook: one message for each notice or group. Its address is the secret. */
import { z } from 'zod';
import { secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { addressOf, post } from './posting.ts';
import { newsOf } from './slack-blocks.ts';
import type { Notifier, NotifierType } from './types.ts';

const settings = z.strictObject({
  url: secretSource.describe('Where to read the address of the incoming webhook, which is a secret itself.'),
});

export const slackWebhook: NotifierType = {
  type: 'slack-webhook',
  summary: 'Slack by an incoming webhook, a message for each notice.',
  options: z.strictObject({}),
  settings,
  create: (given) => createSlackWebhook(readSettings('slack-webhook', settings, given)),
};

function createSlackWebhook({ url }: z.output<typeof settings>): Notifier {
  const who = 'Slack';
  return {
    async tell(message, signal) {
      await post({ url: await addressOf(who, url), who, body: JSON.stringify(newsOf(message)) }, signal);
      return null;
    },
    async close() {},
  };
}
