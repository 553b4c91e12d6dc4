/** Probes with one GET on a connection of its own, so that a connection kept from better times proves nothing. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { within } from '../limit.ts';
import { guardedLookup, refusedAddress } from '../own-cloud.ts';
import { readAuthorization, secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { addressFor, addressSetting, reachesArm } from './address.ts';
import type { HealthProvider, HealthProviderType, ProbeResult } from './types.ts';

const settings = z.strictObject({
  url: addressSetting(isPlainUrl, 'must be an http or https address without user name and fragment').describe(
    'Address to GET, one for both slots or one for each, with {{slot}}, {{version}}, {{service}}, {{environment}}.',
  ),
  statuses: z
    .array(z.int().min(100).max(599))
    .min(1)
    .max(20)
    .optional()
    .describe('Statuses that mean healthy. Default: 200 to 299.'),
  authorization: secretSource.optional().describe('Where to read the value of the Authorization header.'),
});
type HttpSettings = z.infer<typeof settings>;

export const http: HealthProviderType = {
  type: 'http',
  summary: 'Healthy when a GET is answered with a good status.',
  options: z.strictObject({}),
  settings,
  reachesArm: (given) => reachesArm(readSettings('http', settings, given).url),
  create: (given) => createHttp(readSettings('http', settings, given)),
};

function createHttp({ url, statuses, authorization }: HttpSettings): HealthProvider {
  const isGood = (status: number) => statuses?.includes(status) ?? (status >= 200 && status <= 299);
  return {
    async probe(target, { timeoutMs, signal }) {
      const address = addressFor(url, target);
      const headers = await readAuthorization(authorization, 'health-probe');
      const startedMs = performance.now();
      try {
        const status = await within(timeoutMs, (limit) => statusOf(address, headers, limit), signal);
        const detail = `${shown(address)} answered ${status} in ${Math.round(performance.now() - startedMs)} ms`;
        return { healthy: isGood(status), detail } satisfies ProbeResult;
      } catch (error) {
        signal?.throwIfAborted();
        return { healthy: false, detail: `${shown(address)}: ${messageOf(error)}` };
      }
    },
    async close() {},
  };
}

async function statusOf(
  address: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<number> {
  const send = address.startsWith('https:') ? httpsRequest : httpRequest;
  const refusal = refusedAddress(new URL(address).hostname);
  if (refusal !== null) throw new Error(refusal);
  return await new Promise((resolve, reject) => {
    const request = send(address, { agent: false, headers, signal, lookup: guardedLookup }, (response) => {
      // The status is the answer; a body may be long, or never end.
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject);
    request.end();
  });
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
}

/** A query may hold a key, so it is not shown. */
function shown(address: string): string {
  return address.split('?')[0] ?? address;
}
