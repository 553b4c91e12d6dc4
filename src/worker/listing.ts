/**
 * Lists of Temporal's visibility whose cost does not grow with what has ended. Its SQL stores have an index for each
 * status and one for the order of their answers, and none for when something was closed: by `CloseTime IS NULL` or
 * `CloseTime > ...` they read everything that has ended as well.
 */
import type { Client, RawWorkflowExecutionInfo } from '@temporalio/client';
import { closed, notClosed, withStatus } from '../domain/rollout/names.ts';
import { isInvalidCall } from './invalid-call.ts';

export interface Listing {
  /** One page. Whatever it throws, a list throws. */
  page(query: string, pageSize: number, token: Uint8Array | null): Promise<Page>;
  readonly pageSize: number;
  readonly maxRows: number;
}

interface Page {
  readonly executions?: RawWorkflowExecutionInfo[] | null;
  readonly nextPageToken?: Uint8Array | null;
}

/**
 * Mostly few have ended lately, and each row that is read costs as much as a small call: pages begin like this, and each
 * next one is so many times as long.
 */
const ended = { firstSize: 5, growth: 4 };

/** Pages as a client asks for them; `call` makes each call, with whatever bounds and translates it. */
export function pagesBy(client: Client, call: <T>(work: () => Promise<T>) => Promise<T>): Listing['page'] {
  const { namespace } = client.options;
  return (query, pageSize, nextPageToken) =>
    call(() => client.workflowService.listWorkflowExecutions({ namespace, pageSize, query, nextPageToken }));
}

export async function listAll(listing: Listing, query: string): Promise<RawWorkflowExecutionInfo[]> {
  return await pagesOf(listing, query, { firstSize: listing.pageSize, goesOn: () => true });
}

/**
 * What fits `query` and has not ended, whether it runs or was paused in Temporal; in no order. Paused ones are asked for
 * before and after those that run, so that none is missed that is paused or let go on meanwhile.
 */
export async function listOpen(listing: Listing, query: string): Promise<RawWorkflowExecutionInfo[]> {
  const before = await listPaused(listing, query);
  // Slow, and right whatever its statuses are called.
  if (before === null) return await listAll(listing, `${query} AND ${notClosed}`);
  const running = await listAll(listing, `${query} AND ${withStatus.running}`);
  const after = await listAll(listing, `${query} AND ${withStatus.paused}`);
  return lastOfEach([...before, ...running, ...after]);
}

/** Null: this server is of a time when nothing could be paused. */
export async function listPaused(
  listing: Listing,
  query: string,
): Promise<RawWorkflowExecutionInfo[] | null> {
  try {
    return await listAll(listing, `${query} AND ${withStatus.paused}`);
  } catch (error) {
    if (isInvalidCall(error)) return null;
    throw error;
  }
}

/** What fits `query` and ended no longer ago than that, the last first, in which order visibility lists it. */
export async function listEndedSince(
  listing: Listing,
  query: string,
  sinceMs: number,
): Promise<RawWorkflowExecutionInfo[]> {
  const isLate = ({ closeTime }: RawWorkflowExecutionInfo) => (millisOf(closeTime) ?? 0) >= sinceMs;
  const pages = { firstSize: ended.firstSize, goesOn: isLate };
  return (await pagesOf(listing, `${query} AND ${closed}`, pages)).filter(isLate);
}

/** Of each run what was said of it last. */
export function lastOfEach(infos: readonly RawWorkflowExecutionInfo[]): RawWorkflowExecutionInfo[] {
  return [...new Map(infos.map((info) => [info.execution?.runId, info])).values()];
}

/** A protobuf timestamp in epoch milliseconds. Its seconds may come as a number or as a Long. */
export function millisOf(
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): number | null {
  return time ? Number(String(time.seconds ?? 0)) * 1000 + Math.floor((time.nanos ?? 0) / 1e6) : null;
}

interface Pages {
  readonly firstSize: number;
  /** Whether more is wanted after this row. */
  goesOn(last: RawWorkflowExecutionInfo): boolean;
}

async function pagesOf(
  { page, pageSize, maxRows }: Listing,
  query: string,
  { firstSize, goesOn }: Pages,
): Promise<RawWorkflowExecutionInfo[]> {
  const found: RawWorkflowExecutionInfo[] = [];
  let token: Uint8Array | null = null;
  for (let size = firstSize; found.length < maxRows; size = Math.min(pageSize, ended.growth * size)) {
    const { executions, nextPageToken }: Page = await page(query, size, token);
    found.push(...(executions ?? []));
    const last = found.at(-1);
    if (!nextPageToken?.length || (last !== undefined && !goesOn(last))) break;
    token = nextPageToken;
  }
  return found;
}
