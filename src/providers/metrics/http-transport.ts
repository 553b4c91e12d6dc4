/**
 * Carries one HTTP exchange over kept connections, with files for TLS where they are set, and never to a machine's own
 * cloud.
 */
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { SluiceError } from '../../domain/errors.ts';
import { guardedLookup, refusedAddress } from '../own-cloud.ts';
import type { TlsFiles } from './connection-settings.ts';

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Headers;
  readonly body: string | null;
  readonly signal: AbortSignal;
  /** A longer answer is refused before it fills the memory. */
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly body: string;
}

interface Transport {
  /** Follows no redirects. Throws whatever went wrong on the way. */
  send(url: string, request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** Shared by all providers of the process. */
const plainAgents = { http: new HttpAgent({ keepAlive: true }), https: new Agent({ keepAlive: true }) };

export const plainTransport: Transport = {
  async send(url, request) {
    const secure = url.startsWith('https:');
    return await answerOf(await sent(url, request, secure ? plainAgents.https : plainAgents.http), request);
  },
  close() {},
};

export function tlsTransport(files: TlsFiles): Transport {
  let known = '';
  let agent = new Agent();
  const agentNow = async (): Promise<Agent> => {
    const pems = await readPems(files);
    const read = JSON.stringify(pems);
    if (read !== known) {
      // What is under way ends on the old connections; nothing new begins there.
      agent = new Agent({ keepAlive: true, ...pems });
      known = read;
    }
    return agent;
  };
  return {
    async send(url, request) {
      return await answerOf(await sent(url, request, await agentNow()), request);
    },
    close: () => agent.destroy(),
  };
}

function sent(
  url: string,
  { method, headers, body, signal }: HttpRequest,
  agent: Agent | HttpAgent,
): Promise<IncomingMessage> {
  const refusal = refusedAddress(new URL(url).hostname);
  if (refusal !== null) return Promise.reject(new Error(refusal));
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const own = {
      ...Object.fromEntries(headers),
      ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
    };
    send(url, { method, headers: own, signal, agent, lookup: guardedLookup }, resolve)
      .once('error', reject)
      .end(body ?? undefined);
  });
}

/** A redirect is an answer that is not `ok`: credentials stay where they belong. */
async function answerOf(response: IncomingMessage, { maxBytes }: HttpRequest): Promise<HttpAnswer> {
  const status = response.statusCode ?? 0;
  return { ok: status >= 200 && status < 300, status, body: await textOf(response, maxBytes) };
}

async function readPems(files: TlsFiles): Promise<Record<string, string>> {
  const named = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const texts = await Promise.all(named.map(([, path]) => readFile(path, 'utf8').catch(() => null)));
  const pems: Record<string, string> = {};
  named.forEach(([name, path], index) => {
    const text = texts[index] ?? null;
    if (text === null) {
      throw new SluiceError('metrics-unavailable', `The file ${path} for tls.${name} cannot be read.`);
    }
    pems[name] = text;
  });
  return pems;
}

async function textOf(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    kept.push(chunk);
  }
  return Buffer.concat(kept).toString('utf8');
}
