/**
 * What Sluice needs from a notifier: it tells one receiver, and says where, so that the next notice finds the place.
 */
import type { z } from 'zod';
import type { Message, Thread } from '../../domain/notify/types.ts';

export interface NotifierMessage extends Message {
  /** Remembers a thread at once: a call that fails half-way is made again with it. */
  keep(thread: Thread): void;
  /** Where people look at the rollout; null: the operator set no address. */
  readonly link: string | null;
}

/**
 * May be called again for the same notices, after a call whose end was not seen: whoever can, sends the notice's key
 * along. Errors: `notify-failed`, which is tried again; `notify-refused`, which is not; what `signal` aborts with. No
 * error and no thread holds a secret: both stand in histories.
 */
export interface Notifier {
  /** Resolves when the receiver has taken the message. The thread is kept; null: there is nothing to keep. */
  tell(message: NotifierMessage, signal: AbortSignal): Promise<Thread | null>;
  close(): Promise<void>;
}

/** How a notifier enters the catalogue: one file, one line in `index.ts`, one run of the contract suite. */
export interface NotifierType {
  readonly type: string;
  readonly summary: string;
  /** A plan sets nothing. */
  readonly options: z.ZodType<Record<string, unknown>>;
  /** What the operator sets: addresses, credentials by reference. */
  readonly settings: z.ZodType<Record<string, unknown>>;
  create(settings: Record<string, unknown>): Notifier;
}
