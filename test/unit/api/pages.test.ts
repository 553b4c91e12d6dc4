/** Pages of Temporal's lists, for whoever sees all and for whoever sees a part. */
import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { cursorOf, pageOf, placeIn } from '../../../src/api/temporal/pages.ts';

/** A list of workflows named by numbers, in pages of any size. Those that have `left` are shown no more. */
function numbers(count: number, left: ReadonlySet<number> = new Set()) {
  const asked: number[] = [];
  const listWorkflowExecutions = async (request: { pageSize: number; nextPageToken: Uint8Array | null }) => {
    asked.push(request.pageSize);
    const from = Number(Buffer.from(request.nextPageToken ?? []).toString() || 0);
    const to = Math.min(count, from + request.pageSize);
    const executions = Array.from({ length: to - from }, (_, at) => from + at)
      .filter((number) => !left.has(number))
      .map((number) => ({ execution: { workflowId: String(number), runId: `run-${number}` } }));
    return { executions, nextPageToken: to < count ? Buffer.from(String(to)) : null };
  };
  return { deps: depsWith(listWorkflowExecutions), asked };
}

function depsWith(listWorkflowExecutions: unknown) {
  const client = { withDeadline: (_: number, call: () => unknown) => call() };
  const service = { workflowService: { listWorkflowExecutions }, options: { namespace: 'default' } };
  return { client: { ...client, ...service } as unknown as Client, address: 'nowhere' };
}

const read = (info: { execution?: { workflowId?: string | null } | null }) =>
  Number(info.execution?.workflowId);

async function allPages(count: number, limit: number, sees: ((item: number) => boolean) | null) {
  const { deps, asked } = numbers(count);
  const pages: number[][] = [];
  let cursor: string | undefined;
  do {
    const page = await pageOf<number>(deps, { filter: 'f', limit, cursor, read, sees });
    pages.push(page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return { pages, asked };
}

test('whoever sees everything is asked no more of Temporal than the page', async () => {
  const { pages, asked } = await allPages(7, 3, null);
  expect(pages).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(asked).toEqual([3, 3, 3]);
});

test('whoever sees a part gets full pages of it, each entry once', async () => {
  const { pages, asked } = await allPages(900, 4, (item) => item % 97 === 0);
  expect(pages).toEqual([
    [0, 97, 194, 291],
    [388, 485, 582, 679],
    [776, 873],
  ]);
  expect(asked.every((size) => size === 200)).toBe(true);
  expect((await allPages(400, 2, (item) => item > 397)).pages).toEqual([[398, 399]]);
});

test('whoever sees next to nothing of a long list is led on, page after page', async () => {
  const { pages } = await allPages(5_000, 10, (item) => item === 4_999);
  expect(pages).toEqual([[], [], [4_999]]);
});

test.each([
  ['that were told', 2, [6, 8, 10]],
  ['whose run the cursor names', 4, [2, 6, 8]],
] as const)(
  'when entries leave between two pages, none of the others is lost: entries %s',
  async (_, leaving, following) => {
    const left = new Set<number>();
    const { deps } = numbers(100, left);
    const list = { filter: 'f', limit: 2, read, sees: (item: number) => item % 2 === 0 && item > 0 };
    const first = await pageOf<number>(deps, { ...list, cursor: undefined });
    expect(first.items).toEqual([2, 4]);
    left.add(1).add(leaving);
    const second = await pageOf<number>(deps, { ...list, limit: 3, cursor: first.next ?? undefined });
    expect(second.items).toEqual(following);
  },
);

test('a page that Temporal does not understand is no outage', async () => {
  const refusal = Object.assign(new Error('3 INVALID_ARGUMENT'), {
    code: 3,
    details: 'invalid page token',
    metadata: {},
  });
  const deps = depsWith(() => Promise.reject(refusal));
  const list = { filter: 'f', limit: 2, read, sees: null };
  const junk = cursorOf(Buffer.from('junk'), 'f');
  await expect(pageOf(deps, { ...list, cursor: junk })).rejects.toMatchObject({ code: 'request-invalid' });
  await expect(pageOf(deps, { ...list, cursor: undefined })).rejects.toMatchObject({
    code: 'temporal-unavailable',
  });
});

test('a cursor goes round, and only with its own filters', () => {
  const token = new Uint8Array([0, 1, 250, 255]);
  const cursor = cursorOf(token, 'a', 'run-3');
  expect(placeIn(cursor, 'a')).toEqual({ token: Buffer.from(token), after: 'run-3' });
  const changed = Buffer.from(cursor, 'base64url').toString().replace('run-3', 'run-4');
  for (const [given, filter] of [
    [cursor, 'b'],
    ['nonsense', 'a'],
    ['', 'a'],
    ['bnVsbA', 'a'],
    [Buffer.from(changed).toString('base64url'), 'a'],
  ] as const) {
    expect(() => placeIn(given, filter)).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  }
});
