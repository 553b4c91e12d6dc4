/** Plain requests to a test cluster's API, without the client that is under test. */
import { type Agent, request } from 'node:https';

interface Answer {
  readonly status: number;
  /** Parsed if it is JSON, else the text. */
  readonly body: unknown;
}

/** So long a busy machine may take, such as for a hundred definitions at once. */
const limitMs = 30_000;

export type Rest = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Without an agent each request has a connection of its own, so that none outlives an outage. */
export function restClient(
  serverUrl: string,
  caData: string,
  token: string,
  agent: Agent | false = false,
): Rest {
  const ca = Buffer.from(caData, 'base64');
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': contentType(method) }),
      };
      const options = { method, ca, headers, agent, timeout: limitMs };
      const sent = request(new URL(path, serverUrl), options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(text) }));
        response.once('error', reject);
      });
      sent.once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer in ${limitMs} ms`)));
      sent.once('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

function contentType(method: string): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
