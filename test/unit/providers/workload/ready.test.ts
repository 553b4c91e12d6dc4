import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { waitReady } from '../../../../src/providers/workload/ready.ts';
import { endable, listening } from '../../../contract/health/servers.ts';

describe('waiting until an address is ready', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  /** Answers so many requests with 503, and then says nothing. */
  async function unready(answers: number): Promise<string> {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      if (asked <= answers) response.writeHead(503).end();
    });
    ends.push(endable(server));
    return `http://${await listening(server)}/`;
  }

  it('ends with the last answer, not with a last try that had no time for one', async () => {
    const url = await unready(2);
    // The first request of a process takes the longest.
    expect((await fetch(url)).status).toBe(503);
    const told = await waitReady(url, { timeoutMs: 1_900 });
    expect(told).toMatch(/^not ready within 1\.9 s: .* answered 503$/);
  });

  it('says that there was none where nothing ever answered', async () => {
    expect(await waitReady(await unready(0), { timeoutMs: 100 })).toMatch(/ did not answer \(.*\)$/);
  });
});
