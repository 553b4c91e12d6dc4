/** What the operator lets a rollout call: named in sluice.yaml, never described by a plan. */
import type { z } from 'zod';

/** What a hook is told. A receiver can tell a repetition by `id`. */
export interface HookCall {
  readonly id: string;
  readonly target: string;
  readonly action: string;
  readonly version: string;
  readonly stableVersion: string;
  /** Why the rollout is going back; empty: it is not. */
  readonly cause: string;
  /** The stage that has begun. */
  readonly stage?: string;
  /** How the rollout has ended. */
  readonly outcome?: string;
}

export interface Hook {
  /** May be called again for the same `id`. Errors: `hook-failed`; what `signal` aborts with. */
  call(input: HookCall, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface HookType {
  readonly type: string;
  readonly summary: string;
  /** A plan sets nothing. */
  readonly options: z.ZodType<Record<string, unknown>>;
  readonly settings: z.ZodType<Record<string, unknown>>;
  create(settings: Record<string, unknown>): Hook;
}
