/** Small readers over Temporal's history events, which name every field optional. */
import type { WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { decoded } from '../codec/readable.ts';

export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
export type HistoryEvent = NonNullable<History['events']>[number];

/** One run of a rollout; a continue-as-new begins another. */
export interface RunHistory {
  readonly runId: string;
  readonly history: History;
}

interface Payloads {
  readonly payloads?: readonly Payload[] | null;
}

/** The first payload; undefined when there is none or it is not JSON. */
export function firstOf(payloads: Payloads | null | undefined): unknown {
  return decoded(payloads?.payloads?.[0]);
}

export function timeOf(event: HistoryEvent): number {
  const time = event.eventTime;
  return time ? Number(String(time.seconds ?? 0)) * 1000 + Math.floor((time.nanos ?? 0) / 1e6) : 0;
}

export function idOf(id: unknown): number {
  return Number(String(id ?? 0));
}

export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

export function eventsOf(runs: readonly RunHistory[]): HistoryEvent[] {
  return runs.flatMap(({ history }) => history.events ?? []);
}
