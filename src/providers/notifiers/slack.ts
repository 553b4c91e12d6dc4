/** Slack by its Web API: one thread for each rollout, whose head always says where the rollout stands. */
import { z } from 'zod';
import type { Thread } from '../../domain/notify/types.ts';
import { secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { failed, httpAddress, parsed, post, refused, secretOf } from './posting.ts';
import { headOf, replyOf } from './slack-blocks.ts';
import type { Notifier, NotifierMessage, NotifierType } from './types.ts';

const settings = z.strictObject({
  token: secretSource.describe('Where to read a bot token with chat:write.'),
  channel: z.string().min(1).max(80).describe('Id of the channel, such as C0123456789.'),
  url: httpAddress.default('https://slack.com/api').describe('Address of the Web API.'),
});

export const slack: NotifierType = {
  type: 'slack',
  summary: 'Slack by its Web API: one thread for each rollout, its head updated in place.',
  options: z.strictObject({}),
  settings,
  create: (given) => createSlack(readSettings('slack', settings, given)),
};

const who = 'Slack';
const answerOf = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  ts: z.string().optional(),
  channel: z.string().optional(),
});

/** What Slack says of a request that is as wrong the next time; of the rest a person may put right what is wrong. */
const final = ['invalid_blocks', 'invalid_blocks_format', 'msg_too_long', 'msg_blocks_too_long', 'no_text'];

function createSlack({ token, channel, url }: z.output<typeof settings>): Notifier {
  const call = async (method: string, body: object, signal: AbortSignal) => {
    const headers = {
      authorization: `Bearer ${await secretOf(who, token)}`,
      'content-type': 'application/json; charset=utf-8',
    };
    const request = { url: `${url.replace(/\/$/, '')}/${method}`, who, headers, body: JSON.stringify(body) };
    return read(await post(request, signal));
  };
  const begin = async (message: NotifierMessage, signal: AbortSignal): Promise<Thread> => {
    const { ts, channel: where } = await call('chat.postMessage', { channel, ...headOf(message) }, signal);
    if (ts === undefined) throw failed(who, 'it did not say where the message is');
    return { ts, channel: where ?? channel };
  };
  return {
    async tell(message, signal) {
      const thread = message.thread ?? (await begin(message, signal));
      message.keep(thread);
      const { ts, channel: where = channel } = thread;
      // Said first: a head that is out of date is put right with the next message, news that is missing is not.
      await call('chat.postMessage', { channel: where, thread_ts: ts, ...replyOf(message) }, signal);
      if (message.thread !== null)
        await call('chat.update', { channel: where, ts, ...headOf(message) }, signal);
      return thread;
    },
    async close() {},
  };
}

function read(text: string): z.output<typeof answerOf> {
  const answer = parsed(who, text, answerOf);
  if (answer.ok) return answer;
  const code = /^[a-z_]{1,60}$/.test(answer.error ?? '') ? answer.error : 'an unknown error';
  throw final.includes(answer.error ?? '') ? refused(who, `it said ${code}`) : failed(who, `it said ${code}`);
}
