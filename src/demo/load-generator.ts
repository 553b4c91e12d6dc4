/** Sends requests at a fixed rate whatever the answers do (open loop), as users would, and reports each one. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { Sample } from './load-stats.ts';

interface LoadOptions {
  readonly url: URL;
  /** Requests per second. */
  readonly rate: number;
  readonly onSample: (sample: Sample) => void;
  /** No answer within this is a network failure. Default: 10 s. */
  readonly timeoutMs?: number;
}

export interface LoadGenerator {
  rate: number;
  stop(): void;
}

const tickMs = 5;
/** More open requests than this are counted as failures at once instead of being sent. */
const maxOpen = 4_000;

export function startLoad(options: LoadOptions): LoadGenerator {
  const agent = new Agent({ keepAlive: true, maxSockets: maxOpen, maxFreeSockets: 256 });
  const routes = ['/', '/checkout'];
  let turn = 0;
  let open = 0;
  let dueMs = performance.now();

  const generator: LoadGenerator = {
    rate: options.rate,
    stop() {
      clearInterval(timer);
      agent.destroy();
    },
  };

  const timer = setInterval(() => {
    const now = performance.now();
    if (generator.rate <= 0) {
      dueMs = now;
      return;
    }
    // After a stall of this process the backlog is sent at once, but no more than one second of it.
    dueMs = Math.max(dueMs, now - 1000);
    while (dueMs <= now) {
      fire(dueMs);
      dueMs += 1000 / generator.rate;
    }
  }, tickMs);

  function fire(intendedMs: number): void {
    const url = new URL(routes[turn++ % routes.length] ?? '/', options.url);
    let sentAtMs = Date.now();
    let done = false;
    const finish = (status: number | null, headers: IncomingHttpHeaders) => {
      if (done) return;
      done = true;
      open -= 1;
      const latencyMs = performance.now() - intendedMs;
      const version = text(headers['x-version']);
      const slot = text(headers['x-slot']);
      options.onSample({ version, slot, status, sentAtMs, endedAtMs: Date.now(), latencyMs });
    };
    const send = (mayRetry: boolean) => {
      sentAtMs = Date.now();
      const sent = request(url, { agent, timeout: options.timeoutMs ?? 10_000 });
      sent.on('response', (response) => {
        response.on('error', () => finish(null, response.headers));
        response.on('end', () => finish(response.statusCode ?? null, response.headers));
        response.resume();
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // A kept-alive connection that the server closed just before the send; every browser sends again.
        if (mayRetry && sent.reusedSocket && error.code === 'ECONNRESET') send(false);
        else finish(null, {});
      });
      sent.end();
    };
    open += 1;
    if (open > maxOpen) finish(null, {});
    else send(true);
  }

  return generator;
}

function text(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}
