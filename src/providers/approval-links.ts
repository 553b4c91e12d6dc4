/**
 * Signed links by which one person answers one question of one rollout: made and read with the operator's secret alone.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { SluiceError } from '../domain/errors.ts';
import type { LinkClaim } from '../domain/gates/approval-link.ts';
import { placeOf, readSecret, type SecretSource } from './secret.ts';

export interface ApprovalSettings {
  /** Null: there are no links. */
  readonly secret: SecretSource | null;
  /** By what people reach the API; null: by its own loopback address. */
  readonly url: string | null;
}

/** Everything that a link says. It is signed, not hidden: no secrets. */
export interface ApprovalTicket extends LinkClaim {
  readonly environment: string;
  readonly service: string;
  /** In whose name the answer is given. */
  readonly actor: string;
}

type TicketReading =
  | { readonly ok: true; readonly ticket: ApprovalTicket }
  | { readonly ok: false; readonly problem: string };

/** Shorter ones can be guessed. */
const leastSecretLength = 16;

const ticketSchema = z.strictObject({
  id: z.string().min(1).max(64),
  environment: z.string(),
  service: z.string(),
  about: z.string().max(64),
  actor: z.string().min(1),
  startedAtMs: z.number(),
  untilMs: z.number(),
  by: z.string().min(1).optional(),
});

export interface ApprovalLinks {
  /** Of a page that shows what is asked. Errors: `approvals-unconfigured`. */
  make(
    ticket: Omit<ApprovalTicket, 'id'>,
    /**
     * The same key makes links of one id for the same question and person, and so good for one answer together.
     * Default: none.
     */
    key?: string | null,
  ): Promise<{ readonly id: string; readonly path: string }>;
  /** Whether we made it; its time is for the rollout to see. Errors: `approvals-unconfigured`. */
  read(token: string): Promise<TicketReading>;
}

export function approvalLinks({ secret }: Pick<ApprovalSettings, 'secret'>): ApprovalLinks {
  return {
    async make(given, key = null) {
      const signer = await secretOf(secret);
      const id = key === null ? randomBytes(16).toString('base64url') : idOf(given, key, signer);
      const body = Buffer.from(JSON.stringify({ ...given, id })).toString('base64url');
      const mac = signatureOf(body, signer).toString('base64url');
      return { id, path: `/approvals/${body}.${mac}` };
    },
    async read(token) {
      const key = await secretOf(secret);
      const [body = '', mac = '', ...more] = token.split('.');
      const expected = signatureOf(body, key);
      const given = Buffer.from(mac, 'base64url');
      const genuine = given.length === expected.length && timingSafeEqual(given, expected);
      if (more.length > 0 || !genuine)
        return { ok: false, problem: 'This link was not made here, or a part of it is missing.' };
      // Signed by us; a form of another version is all that can be wrong with it.
      const ticket = ticketSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
      if (!ticket.success) return { ok: false, problem: 'This link was made by another version.' };
      const { by, ...rest } = ticket.data;
      return { ok: true, ticket: { ...rest, ...(by === undefined ? {} : { by }) } };
    },
  };
}

/** Nobody can guess it without the secret. */
function idOf(ticket: Omit<ApprovalTicket, 'id'>, key: string, secret: string): string {
  const { environment, service, about, actor, startedAtMs, by = '' } = ticket;
  const what = JSON.stringify([environment, service, about, actor, startedAtMs, by, key]);
  const mac = createHmac('sha256', secret).update(`sluice approval link id 1\n${what}`).digest();
  return mac.subarray(0, 16).toString('base64url');
}

/** The same secret may sign other things as well. */
function signatureOf(body: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`sluice approval link 1\n${body}`).digest();
}

async function secretOf(source: SecretSource | null): Promise<string> {
  if (source === null) throw unconfigured('No secret for approval links is named.');
  const secret = await readSecret(source);
  if (secret === null)
    throw unconfigured(
      `The secret for approval links cannot be read: ${placeOf(source)} is missing or empty.`,
    );
  if (secret.length >= leastSecretLength) return secret;
  throw unconfigured(
    `The secret for approval links, ${placeOf(source)}, is shorter than ${leastSecretLength} characters.`,
  );
}

function unconfigured(message: string): SluiceError {
  return new SluiceError('approvals-unconfigured', message);
}
