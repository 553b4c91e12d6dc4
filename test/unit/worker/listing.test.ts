/** Lists of what has not ended and of what ended lately, over a visibility that answers as Temporal's does. */
import type { RawWorkflowExecutionInfo } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { closed, notClosed, withStatus } from '../../../src/domain/rollout/names.ts';
import { type Listing, listEndedSince, listOpen } from '../../../src/worker/listing.ts';

const unknownStatus = Object.assign(new Error('3 INVALID_ARGUMENT'), {
  code: 3,
  details: 'invalid ExecutionStatus value',
  metadata: {},
});
const unavailable = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'away', metadata: {} });
const of = 'WorkflowType = "rollout"';

interface Run {
  readonly runId: string;
  readonly status: 'running' | 'paused' | 'ended';
  readonly endedAtMs?: number;
}

/** `answer`: the runs that fit a filter, or what the server throws. */
function visibility(answer: (filter: string) => readonly Run[]) {
  const asked: string[] = [];
  const sizes: number[] = [];
  const listing: Listing = {
    pageSize: 100,
    maxRows: 1_000,
    page: async (query, pageSize, token) => {
      const filter = query.replace(`${of} AND `, '');
      asked.push(filter);
      sizes.push(pageSize);
      const runs = answer(filter);
      const from = token === null ? 0 : Number(Buffer.from(token).toString());
      const to = from + pageSize;
      return {
        executions: runs.slice(from, to).map(infoOf),
        nextPageToken: runs.length > to ? Buffer.from(String(to)) : null,
      };
    },
  };
  return { listing, asked, sizes };
}

function infoOf({ runId, endedAtMs }: Run): RawWorkflowExecutionInfo {
  const closeTime = endedAtMs === undefined ? null : { seconds: Math.floor(endedAtMs / 1_000), nanos: 0 };
  return { execution: { runId }, closeTime } as unknown as RawWorkflowExecutionInfo;
}

const idsOf = (infos: readonly RawWorkflowExecutionInfo[]) =>
  infos.map(({ execution }) => execution?.runId).toSorted();

describe('what has not ended', () => {
  const fits = (runs: readonly Run[]) => (filter: string) =>
    runs.filter(
      ({ status }) =>
        (filter === withStatus.running && status === 'running') ||
        (filter === withStatus.paused && status === 'paused') ||
        (filter === notClosed && status !== 'ended'),
    );
  const some: Run[] = [
    { runId: 'a', status: 'running' },
    { runId: 'b', status: 'paused' },
    { runId: 'c', status: 'ended' },
  ];

  test('is what runs and what was paused, asked for by one status at a time', async () => {
    const { listing, asked } = visibility(fits(some));
    expect(idsOf(await listOpen(listing, of))).toEqual(['a', 'b']);
    expect(asked).toEqual([withStatus.paused, withStatus.running, withStatus.paused]);
  });

  test.each([
    ['paused', 'running'],
    ['running', 'paused'],
  ] as const)('misses none that was %s and is %s meanwhile, whenever that happens', async (was, is) => {
    for (const changesAfter of [0, 1, 2, 3]) {
      let calls = 0;
      const { listing } = visibility((filter) => {
        const status = calls >= changesAfter ? is : was;
        calls += 1;
        return fits([{ runId: 'a', status }])(filter);
      });
      expect(idsOf(await listOpen(listing, of))).toEqual(['a']);
    }
  });

  test('is asked for as a whole where the server knows nothing of pauses', async () => {
    const { listing, asked } = visibility((filter) => {
      if (filter.includes('Paused')) throw unknownStatus;
      return fits(some)(filter);
    });
    expect(idsOf(await listOpen(listing, of))).toEqual(['a', 'b']);
    expect(asked.at(-1)).toBe(notClosed);
  });

  test.each([1, 2, 3])('is not told when call %i gets no answer', async (failing) => {
    let calls = 0;
    const { listing } = visibility((filter) => {
      calls += 1;
      if (calls === failing) throw unavailable;
      return fits(some)(filter);
    });
    await expect(listOpen(listing, of)).rejects.toThrow('UNAVAILABLE');
  });
});

describe('what ended lately', () => {
  const nowMs = 1_000_000_000;
  /** One a second ago, one two seconds ago, and so on. */
  const ended = (count: number): Run[] =>
    Array.from({ length: count }, (_, at) => ({
      runId: `run-${at + 1}`,
      status: 'ended',
      endedAtMs: nowMs - 1_000 * (at + 1),
    }));

  test('is read from the last that ended until one ended before', async () => {
    const { listing, asked, sizes } = visibility(() => ended(500));
    expect(await listEndedSince(listing, of, nowMs - 30_000)).toHaveLength(30);
    expect(new Set(asked)).toEqual(new Set([closed]));
    expect(sizes).toEqual([5, 20, 80]);
  });

  test('costs a few rows when there is nothing', async () => {
    const { listing, sizes } = visibility(() => ended(500));
    expect(await listEndedSince(listing, of, nowMs)).toEqual([]);
    expect(sizes).toEqual([5]);
  });

  test('may be all there is', async () => {
    const { listing, sizes } = visibility(() => ended(300));
    expect(await listEndedSince(listing, of, 0)).toHaveLength(300);
    expect(sizes).toEqual([5, 20, 80, 100, 100]);
  });
});
