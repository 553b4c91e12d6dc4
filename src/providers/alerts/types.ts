/** What Sluice needs from a source of alerts. Each provider implements this and passes the alerts contract suite. */
import type { z } from 'zod';

/** The values that a label may have, exactly, by label; an alert matches when each of its labels has one of them. */
export type AlertMatch = Readonly<Record<string, readonly string[]>>;

export interface FiringAlert {
  /** The label `alertname`, or empty. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Since when it fires, epoch milliseconds. */
  readonly startedAtMs: number;
}

/**
 * Errors: `alerts-unavailable` (no answer, time-out, refused credentials, an answer that says nothing). Never empty for
 * want of one.
 */
export interface AlertsProvider {
  /** The alerts that fire now, match, and are neither silenced nor inhibited. */
  firing(match: AlertMatch, options?: { readonly signal?: AbortSignal }): Promise<readonly FiringAlert[]>;
  close(): Promise<void>;
}

export interface AlertsProviderType {
  readonly type: string;
  readonly summary: string;
  readonly options: z.ZodType<Record<string, unknown>>;
  readonly settings: z.ZodType<Record<string, unknown>>;
  create(settings: Record<string, unknown>): AlertsProvider;
}
