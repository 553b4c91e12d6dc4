/**
 * Pages of what Temporal's visibility lists, thinned to what their reader may see. A cursor says where in the list to
 * go on.
 */
import { createHash } from 'node:crypto';
import type { RawWorkflowExecutionInfo } from '@temporalio/client';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { parsedJson } from '../../domain/parsed-json.ts';
import { isInvalidCall } from '../../worker/invalid-call.ts';
import { ask, type TemporalDeps } from './calls.ts';
import type { Recent } from './recent-pages.ts';

/** Looked through at a time for whoever sees a part of them. */
const lookedThrough = 200;
/** So that somebody who sees next to nothing of a long list is no load; the cursor goes on from there. */
const mostPages = 10;

interface PageQuery<T> {
  /** As visibility understands it. */
  readonly filter: string;
  readonly limit: number;
  readonly cursor: string | undefined;
  /** Null: it is none of the list. */
  readonly read: (info: RawWorkflowExecutionInfo) => T | null;
  /** Null: everything is seen. */
  readonly sees: ((item: T) => boolean) | null;
  /**
   * Where pages are at hand that others have asked for, all of them with the same `read`. Default: Temporal is asked.
   */
  readonly recent?: Recent<ListedPage<T>> | undefined;
}

/** A page as visibility listed it, before it is thinned. */
export interface ListedPage<T> {
  readonly entries: readonly { readonly runId: string | null; readonly item: T | null }[];
  /** Null: none follows. */
  readonly following: Uint8Array | null;
}

interface PageOf<T> {
  /** Of a thinned list there may be fewer than the limit, though more follow. */
  readonly items: T[];
  readonly next: string | null;
}

/** Throws `temporal-unavailable`, and `request-invalid` for a cursor of another list. */
export async function pageOf<T>(deps: TemporalDeps, query: PageQuery<T>): Promise<PageOf<T>> {
  const { filter, limit, cursor, read, recent, sees } = query;
  const pageSize = sees === null ? limit : lookedThrough;
  const items: T[] = [];
  let place: Place = cursor === undefined ? start : placeIn(cursor, filter);
  for (let turn = 0; turn < (sees === null ? 1 : mostPages); turn++) {
    const { token, after } = place;
    const asked = () => listed(deps, { filter, pageSize, token, read });
    const { entries, following } = await (recent?.of(keyOf(filter, pageSize, token), asked) ?? asked());
    // 0 if it has left meanwhile: rather told twice than never.
    const from = after === null ? 0 : 1 + entries.findIndex(({ runId }) => runId === after);
    for (const [at, { runId, item }] of entries.entries()) {
      if (at < from || item === null || (sees !== null && !sees(item))) continue;
      items.push(item);
      if (items.length < limit || at + 1 === entries.length) continue;
      return { items, next: cursorOf(token, filter, runId) };
    }
    if (following === null) return { items, next: null };
    place = { token: following, after: null };
    if (items.length >= limit) break;
  }
  return { items, next: cursorOf(place.token, filter) };
}

function keyOf(filter: string, pageSize: number, token: Uint8Array): string {
  return JSON.stringify([filter, pageSize, Buffer.from(token).toString('base64')]);
}

async function listed<T>(
  deps: TemporalDeps,
  {
    filter,
    pageSize,
    token,
    read,
  }: Pick<PageQuery<T>, 'filter' | 'read'> & { pageSize: number; token: Uint8Array },
): Promise<ListedPage<T>> {
  const { workflowService, options } = deps.client;
  const { namespace } = options;
  const nextPageToken = token.length === 0 ? null : token;
  const answer = await ask(deps, () =>
    workflowService.listWorkflowExecutions({ namespace, pageSize, query: filter, nextPageToken }),
  ).catch((error: unknown) => {
    // The filter is ours, so it is the page that makes no sense, as after a change of Temporal's store.
    throw nextPageToken !== null && isInvalidCall(error) ? notOfThisList(error) : error;
  });
  const following = answer.nextPageToken?.length ? answer.nextPageToken : null;
  const entries = (answer.executions ?? []).map((info) => ({ runId: runIdOf(info), item: read(info) }));
  return { entries, following };
}

interface Place {
  /** Of the page; empty: the first. */
  readonly token: Uint8Array;
  /** The run of the page that was told last; null: none was. */
  readonly after: string | null;
}

const start: Place = { token: new Uint8Array(), after: null };

function runIdOf(info: RawWorkflowExecutionInfo): string | null {
  return info.execution?.runId || null;
}

/** Opaque to clients; belongs to its filters, because a page of one list makes no sense in another. */
export function cursorOf(token: Uint8Array, filter: string, after: string | null = null): string {
  const place = { token: Buffer.from(token).toString('base64'), after };
  return Buffer.from(JSON.stringify({ ...place, sum: sumOf(place, filter) })).toString('base64url');
}

const cursorSchema = z.object({ token: z.string(), after: z.string().nullable(), sum: z.string() });

/**
 * Short, whatever the filters are. What was damaged on its way is told at once: Temporal would be asked for seconds, or
 * say that nothing follows.
 */
function sumOf({ token, after }: Omit<z.infer<typeof cursorSchema>, 'sum'>, filter: string): string {
  const all = JSON.stringify([token, after, filter]);
  return createHash('sha256').update(all).digest('base64url');
}

/** Throws `request-invalid`. */
export function placeIn(cursor: string, filter: string): Place {
  const { data } = cursorSchema.safeParse(parsedJson(Buffer.from(cursor, 'base64url').toString()));
  if (data === undefined || data.sum !== sumOf(data, filter)) throw notOfThisList();
  return { token: Buffer.from(data.token, 'base64'), after: data.after };
}

function notOfThisList(cause?: unknown): SluiceError {
  return new SluiceError('request-invalid', 'The cursor is not of this list.', {
    cause,
    problems: [
      { path: 'query.cursor', message: 'must be `next` of an earlier answer with the same filters' },
    ],
  });
}
