/** A way to a test cluster's API on which every refusal is written down, also those that nobody else would hear of. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KubeAddress } from './access.ts';

export interface Door {
  readonly url: string;
  /** What was answered with 403 since they were last taken, as `PATCH /apis/…`. */
  readonly refusals: readonly string[];
  forget(): void;
  close(): Promise<void>;
}

export async function openDoor({ serverUrl, caData }: KubeAddress): Promise<Door> {
  const agent = new Agent({ keepAlive: true, ca: Buffer.from(caData, 'base64') });
  const refusals: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    const { host: _host, ...rest } = headers;
    const passed = request(new URL(url, serverUrl), { method, headers: rest, agent }, (answer) => {
      if (answer.statusCode === 403) refusals.push(`${method} ${url}`);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    passed.once('error', () => outgoing.destroy());
    outgoing.once('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refusals,
    forget: () => void refusals.splice(0),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
}
