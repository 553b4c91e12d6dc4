/** A SIEM by syslog over TLS: RFC 5424 messages in RFC 5425 frames, one connection for each message. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type ConnectionOptions, connect } from 'node:tls';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { guardedLookup } from '../own-cloud.ts';
import { placeOf, readSecret, secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { checkHost, failed } from './posting.ts';
import { framed, syslogMessage } from './syslog-message.ts';
import type { Notifier, NotifierType } from './types.ts';

const settings = z.strictObject({
  host: z.string().min(1).max(255).describe('Host of the listener; its certificate must be of this name.'),
  port: z.number().int().min(1).max(65_535).default(6514),
  ca: z.string().min(1).optional().describe('PEM file of whom to trust. Default: the usual authorities.'),
  cert: z.string().min(1).optional().describe('PEM file of a certificate to show.'),
  key: secretSource.optional().describe('Where to read the key of that certificate.'),
  facility: z.number().int().min(0).max(23).default(13).describe('Default: 13, log audit.'),
  enterprise: z
    .number()
    .int()
    .min(1)
    .default(32_473)
    .describe('Enterprise number in the name of the structured data.'),
});
type SyslogSettings = z.output<typeof settings>;

export const syslog: NotifierType = {
  type: 'syslog',
  summary: 'A SIEM by syslog (RFC 5424) over TLS.',
  options: z.strictObject({}),
  settings,
  create: (given) => createSyslog(readSettings('syslog', settings, given)),
};

function createSyslog(given: SyslogSettings): Notifier {
  const who = `syslog at ${given.host}:${given.port}`;
  const place = { hostname: hostname(), facility: given.facility, enterprise: given.enterprise };
  return {
    async tell(message, signal) {
      checkHost(who, given.host);
      const options = await optionsOf(who, given);
      const frames = message.notices.map((notice) => framed(syslogMessage(message.subject, notice, place)));
      await write(who, options, Buffer.concat(frames), signal);
      return null;
    },
    async close() {},
  };
}

async function optionsOf(
  who: string,
  { host, port, ca, cert, key }: SyslogSettings,
): Promise<ConnectionOptions> {
  const file = (path: string) =>
    readFile(path).catch((error: unknown) => {
      throw failed(who, messageOf(error));
    });
  const secret = key === undefined ? null : await readSecret(key);
  if (key !== undefined && secret === null) throw failed(who, `${placeOf(key)} is missing or empty`);
  return {
    host,
    port,
    minVersion: 'TLSv1.2',
    lookup: guardedLookup,
    ...(ca === undefined ? {} : { ca: await file(ca) }),
    ...(cert === undefined ? {} : { cert: await file(cert) }),
    ...(secret === null ? {} : { key: secret }),
  };
}

/**
 * A listener that does not want this certificate says nothing: it closes, some time after the client has seen it open.
 * In several looks: what came while this process had no time to see it must be seen before it counts as nothing.
 */
const settling = { looks: 10, everyMs: 25 };

/** Syslog answers nothing, so what was taken is what the listener's side of the connection has let go of in peace. */
function write(who: string, options: ConnectionOptions, octets: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    const abort = () =>
      socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('given up'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    let told = false;
    const tell = () => {
      told = true;
      socket.end(octets);
    };
    let settle: NodeJS.Timeout | undefined;
    const lookOn = (looks: number) => {
      settle = setTimeout(() => (looks > 1 ? lookOn(looks - 1) : tell()), settling.everyMs);
    };
    socket.once('secureConnect', () => lookOn(settling.looks));
    socket.once('error', (error) => reject(signal.aborted ? error : failed(who, error.message)));
    socket.once('close', (hadError) => {
      signal.removeEventListener('abort', abort);
      clearTimeout(settle);
      if (hadError) return;
      if (told) resolve();
      else
        reject(
          failed(who, 'it closed the connection at once; see that it takes the certificate (cert, key)'),
        );
    });
    // Nothing is expected, and what comes must not keep the connection open.
    socket.resume();
  });
}
