/** Carries one HTTP exchange: by fetch, or by node:https where files for TLS are set, which fetch cannot use. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { SluiceError } from '../../domain/errors.ts';
import type { TlsFiles } from './connection-settings.ts';

export interface HttpRequest {
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

export interface Transport {
  /** Follows no redirects. Throws whatever went wrong on the way. */
  send(url: string, request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** The process-wide connection pool of fetch outlives any one provider. */
export const plainTransport: Transport = {
  async send(url, { method, headers, body, signal, maxBytes }) {
    const response = await fetch(url, { method, headers, body, signal, redirect: 'error' });
    const { ok, status } = response;
    return { ok, status, body: response.body === null ? '' : await textOf(response.body, maxBytes) };
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
      const using = await agentNow();
      const response = await sent(url, request, using);
      const status = response.statusCode ?? 0;
      return { ok: status >= 200 && status < 300, status, body: await textOf(response, request.maxBytes) };
    },
    close: () => agent.destroy(),
  };
}

function sent(
  url: string,
  { method, headers, body, signal }: HttpRequest,
  agent: Agent,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const own = {
      ...Object.fromEntries(headers),
      ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
    };
    httpsRequest(url, { method, headers: own, signal, agent }, resolve)
      .once('error', reject)
      .end(body ?? undefined);
  });
}

async function readPems(files: TlsFiles): Promise<Record<string, string>> {
  const named = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const read = named.map(async ([name, path]) => {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text !== null) return [name, text] as const;
    throw new SluiceError('metrics-unavailable', `The file ${path} for tls.${name} cannot be read.`);
  });
  return Object.fromEntries(await Promise.all(read));
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
