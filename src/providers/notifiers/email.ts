/** E-mail by SMTP: one thread for each rollout, by the ids of its messages. */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { SluiceError } from '../../domain/errors.ts';
import { within } from '../limit.ts';
import { secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { checkHost, failed, refused, secretOf } from './posting.ts';
import { bodyOf, lastOf, subjectLine } from './text.ts';
import type { Notifier, NotifierMessage, NotifierType } from './types.ts';

const address = z.email('must be an address such as team@example.com').max(254);
const settings = z.strictObject({
  host: z.string().min(1).max(255).describe('Host of the SMTP server.'),
  port: z.number().int().min(1).max(65_535).default(587),
  tls: z
    .enum(['required', 'implicit', 'none'])
    .default('required')
    .describe(
      'required: STARTTLS or nothing is sent; implicit: TLS from the first octet; none: only on a network you trust.',
    ),
  user: z.string().min(1).max(255).optional().describe('Name to log in with. Default: no login.'),
  password: secretSource.optional().describe('Where to read the password.'),
  from: address.describe('Address of the sender.'),
  to: z.array(address).min(1).max(50).describe('Who gets it.'),
});
type EmailSettings = z.output<typeof settings>;

export const email: NotifierType = {
  type: 'email',
  summary: 'E-mail by SMTP, one thread for each rollout.',
  options: z.strictObject({}),
  settings,
  create: (given) => createEmail(readSettings('email', settings, given)),
};

/** A server that says nothing for so long is gone. */
const silenceMs = 10_000;

function createEmail(given: EmailSettings): Notifier {
  const who = `the mail server at ${given.host}:${given.port}`;
  return {
    async tell(message, signal) {
      checkHost(who, given.host);
      const transport = createTransport({
        host: given.host,
        port: given.port,
        secure: given.tls === 'implicit',
        requireTLS: given.tls === 'required',
        ignoreTLS: given.tls === 'none',
        disableFileAccess: true,
        disableUrlAccess: true,
        connectionTimeout: silenceMs,
        greetingTimeout: silenceMs,
        socketTimeout: silenceMs,
        ...(await loginOf(who, given)),
      });
      const mail = mailOf(message, given);
      try {
        // The library knows no signal: whoever gives up leaves the connection to its own limits.
        await within(silenceMs, () => transport.sendMail(mail), signal);
      } catch (error) {
        signal.throwIfAborted();
        throw translated(who, error);
      } finally {
        transport.close();
      }
      return message.thread ?? { first: mail.messageId };
    },
    async close() {},
  };
}

async function loginOf(who: string, { user, password }: EmailSettings) {
  if (user === undefined || password === undefined) return {};
  return { auth: { user, pass: await secretOf(who, password) } };
}

/** The id is made of the notice's key, so that a message that is sent twice is one to whoever looks at ids. */
function mailOf(message: NotifierMessage, { from, to }: EmailSettings) {
  const { key } = lastOf(message.notices);
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const messageId = `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${domain}>`;
  const first = message.thread?.first;
  return {
    from: { name: 'Sluice', address: from },
    to: [...to],
    subject: subjectLine(message),
    text: bodyOf(message),
    messageId,
    ...(first === undefined ? {} : { inReplyTo: first, references: [first] }),
    headers: { 'auto-submitted': 'auto-generated', 'x-sluice-key': key },
  };
}

/** A server's own words may quote what was sent, so only its code is told. */
function translated(who: string, error: unknown): SluiceError {
  const code = codeIn(error);
  const said = code.response === null ? code.name : `it answered ${code.response}`;
  const forGood = code.response !== null && [550, 551, 552, 553, 554].includes(code.response);
  return forGood ? refused(who, said) : failed(who, said);
}

function codeIn(error: unknown): { response: number | null; name: string } {
  if (typeof error !== 'object' || error === null) return { response: null, name: 'it failed' };
  const response =
    'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  const name = 'code' in error && typeof error.code === 'string' ? error.code : 'it failed';
  return { response, name };
}
