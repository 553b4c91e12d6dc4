/** What Sluice needs from a health probe. Each provider implements this and passes the health contract suite. */
import type { z } from 'zod';
import type { Slot } from '../../domain/rollout/types.ts';

/** What is probed: an address may name any of these, so that one instance reaches each canary itself. */
export interface ProbeTarget {
  readonly service: string;
  readonly environment: string;
  /** The canary's version. */
  readonly version: string;
  /** The canary's slot. */
  readonly slot: Slot;
}

export interface ProbeOptions {
  /** No answer for so long means not healthy. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface ProbeResult {
  readonly healthy: boolean;
  /** What was seen, in a few words: `200 in 3 ms`, `connection refused`. */
  readonly detail: string;
}

/**
 * Whatever is not there, refuses or is silent is not healthy: that is an answer, no error. Errors: `health-probe` when
 * the probe could not be tried or its answer says nothing of health (credentials, a service that the server does not
 * know); when `signal` aborts, anything.
 */
export interface HealthProvider {
  probe(target: ProbeTarget, options: ProbeOptions): Promise<ProbeResult>;
  close(): Promise<void>;
}

export interface HealthProviderType {
  readonly type: string;
  readonly summary: string;
  readonly options: z.ZodType<Record<string, unknown>>;
  readonly settings: z.ZodType<Record<string, unknown>>;
  /** Whether these settings reach the canary itself rather than something that both versions share. */
  readonly reachesArm: (settings: Record<string, unknown>) => boolean;
  create(settings: Record<string, unknown>): HealthProvider;
}
