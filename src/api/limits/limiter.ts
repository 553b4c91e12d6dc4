/**
 * Holds requests to their budgets: each principal's own, or the address's where nobody has said who they are. Per
 * replica, in memory.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from '../../domain/errors.ts';
import { Buckets, type Taken } from './buckets.ts';
import type { Budgets, Kind } from './budgets.ts';

export class Limiter {
  private readonly principals: Readonly<Record<Kind, Buckets>>;
  /** Apart, since anybody can come from many addresses, and nobody by many names. */
  private readonly addresses: Readonly<Record<Kind, Buckets>>;

  constructor(budgets: Budgets) {
    this.principals = bucketsOf(budgets);
    this.addresses = bucketsOf(budgets);
  }

  /** Throws `rate-limited`. Says in the answer's headers what is left. */
  spend(kind: Kind, request: FastifyRequest, reply: FastifyReply): void {
    const { principal, ip } = request;
    const buckets = principal.verified ? this.principals[kind] : this.addresses[kind];
    const taken = buckets.take(principal.verified ? principal.name : networkOf(ip));
    reply.headers(headersOf(kind, buckets, taken));
    if (taken.ok) return;
    reply.header('retry-after', String(taken.waitSeconds));
    const { perSecond } = buckets.budget;
    throw new SluiceError('rate-limited', `More ${kind} than ${perSecond} a second, for too long.`, {
      details: { kind, retryAfterSeconds: taken.waitSeconds },
    });
  }
}

function bucketsOf({ reads, writes, starts, returns, failures }: Budgets): Record<Kind, Buckets> {
  return {
    reads: new Buckets(reads),
    writes: new Buckets(writes),
    starts: new Buckets(starts),
    returns: new Buckets(returns),
    failures: new Buckets(failures),
  };
}

/** As draft-ietf-httpapi-ratelimit-headers has them. */
function headersOf(kind: Kind, { budget }: Buckets, { left, fullSeconds }: Taken): Record<string, string> {
  const window = Math.ceil(budget.burst / budget.perSecond);
  return {
    'ratelimit-policy': `"${kind}";q=${budget.burst};w=${window}`,
    ratelimit: `"${kind}";r=${left};t=${fullSeconds}`,
  };
}

/** Whoever has one address of version 6 has a whole network of them. */
export function networkOf(address: string): string {
  if (address.startsWith('::ffff:')) return address.slice('::ffff:'.length);
  if (!address.includes(':')) return address;
  const [head = ''] = address.split('::');
  return `${head.split(':').slice(0, 4).join(':')}::/64`;
}
