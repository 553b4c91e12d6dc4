/** Event streams and waits: so many for each principal, and only for as long as whoever reads them may. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from '../../domain/errors.ts';
import { goneSignal } from '../gone.ts';
import { asSluiceError } from '../problems.ts';
import type { Authenticate } from './authenticator.ts';

/** More than anybody's open pages and pipelines need at one replica. */
const mostStreams = 200;
/** Where nobody says who they are, all of this machine is one. */
const mostUnverified = 2_000;

interface StreamKeeperOptions {
  readonly authenticate: Authenticate;
  /** How often the right to read is looked at again. */
  readonly lookEveryMs: number;
}

export class StreamKeeper {
  private readonly options: StreamKeeperOptions;
  private readonly open = new Map<string, number>();

  constructor(options: StreamKeeperOptions) {
    this.options = options;
  }

  /** Throws `rate-limited`. */
  send(request: FastifyRequest, reply: FastifyReply, events: AsyncGenerator<string>): FastifyReply {
    const gone = goneSignal(reply);
    if (gone.aborted) return reply.hijack();
    gone.addEventListener('abort', this.takeSeat(request));
    const { principal } = request;
    const text = Readable.from(principal.verified ? this.whileAllowed(request, events) : events, {
      objectMode: true,
      highWaterMark: 1,
    });
    gone.addEventListener('abort', () => text.destroy());
    return reply
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .type('text/event-stream; charset=utf-8')
      .send(text);
  }

  /** For what is told only once. Throws `rate-limited`, and what `authenticate` throws when it is to be told. */
  async wait<T>(request: FastifyRequest, waiting: () => Promise<T>): Promise<T> {
    const leave = this.takeSeat(request);
    try {
      const told = await waiting();
      if (request.principal.verified) await this.look(request);
      return told;
    } finally {
      leave();
    }
  }

  /** Returns how to leave it, once. */
  private takeSeat({ principal: { name, verified } }: FastifyRequest): () => void {
    const taken = this.open.get(name) ?? 0;
    if (taken >= (verified ? mostStreams : mostUnverified)) {
      throw new SluiceError('rate-limited', `${name} has ${taken} event streams and waits open already.`, {
        details: { kind: 'streams' },
      });
    }
    this.open.set(name, taken + 1);
    return () => {
      const left = (this.open.get(name) ?? 1) - 1;
      if (left > 0) this.open.set(name, left);
      else this.open.delete(name);
    };
  }

  private async *whileAllowed(
    request: FastifyRequest,
    events: AsyncGenerator<string>,
  ): AsyncGenerator<string> {
    const state = { refusal: null as SluiceError | null, wake: () => {} };
    const timer = setInterval(() => {
      this.look(request).catch((error: unknown) => {
        state.refusal = asSluiceError(error);
        state.wake();
      });
    }, this.options.lookEveryMs);
    try {
      for (;;) {
        const woken = new Promise<null>((resolve) => {
          state.wake = () => resolve(null);
        });
        const next = await Promise.race([events.next(), woken]);
        if (state.refusal !== null) {
          yield textOf(state.refusal);
          return;
        }
        if (next === null || next.done) return;
        yield next.value;
      }
    } finally {
      clearInterval(timer);
      // It ends by itself when it next has something to say, which nobody waits for.
      void events.return(undefined);
    }
  }

  /** Rights that have changed are refused too: whoever reads comes back, and gets what is due by the new ones. */
  private async look({ headers, principal }: FastifyRequest): Promise<void> {
    const { name, grants } = await this.options.authenticate(headers.authorization, headers.cookie);
    if (name === principal.name && JSON.stringify(grants) === JSON.stringify(principal.grants)) return;
    throw new SluiceError('access-refused', `What ${principal.name} may read has changed.`);
  }
}

function textOf({ code, message }: SluiceError): string {
  return `event: refused\ndata: ${JSON.stringify({ code, message })}\n\n`;
}
