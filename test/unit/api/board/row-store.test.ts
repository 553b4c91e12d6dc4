import { describe, expect, it } from 'vitest';
import { rowOf } from '../../../../src/api/board/row.ts';
import { RowStore } from '../../../../src/api/board/row-store.ts';
import type { RolloutRow } from '../../../../src/api/contract.ts';
import { glanceOf, summaryOf } from './rows.ts';

function named(service: string, changes: Partial<RolloutRow> = {}): RolloutRow {
  const glance = glanceOf({ summary: summaryOf({ service }) });
  return { ...rowOf(glance, glance), ...changes };
}

describe('the rows of the live list', () => {
  it('tell whoever knows nothing everything, and others only what they have missed', () => {
    const rows = new RowStore();
    rows.put(named('a'));
    const seen = rows.revision;
    rows.put(named('b'));
    rows.remove('run-of-a');
    expect(rows.since(null)).toMatchObject({ full: true, rows: [{ service: 'b' }], gone: [] });
    expect(rows.since(seen)).toMatchObject({
      full: false,
      rows: [{ service: 'b' }],
      gone: [{ runId: 'run-of-a' }],
    });
    expect(rows.since(rows.revision)).toEqual({ full: false, rows: [], gone: [] });
  });

  it('do not change by a look that finds the same, nor by an end that moves a little', () => {
    const rows = new RowStore();
    rows.put(named('a', { seenAtMs: 5_000, expectedEndAtMs: 60_000 }));
    const { revision } = rows;
    rows.put(named('a', { seenAtMs: 7_000, expectedEndAtMs: 61_500 }));
    expect(rows.revision).toBe(revision);
    rows.put(named('a', { seenAtMs: 7_000, expectedEndAtMs: 70_000 }));
    expect(rows.revision).toBe(revision + 1);
  });

  it('say now and then that somebody still looks', () => {
    const rows = new RowStore();
    rows.put(named('a', { seenAtMs: 5_000 }));
    const { revision } = rows;
    rows.put(named('a', { seenAtMs: 16_000 }));
    expect(rows.revision).toBe(revision + 1);
  });

  it('tell everything to whoever was away too long, or comes from somewhere else', () => {
    const rows = new RowStore();
    rows.put(named('stays'));
    const seen = rows.revision;
    for (let n = 0; n < 2_001; n++) {
      rows.put(named(`s${n}`));
      rows.remove(`run-of-s${n}`);
    }
    expect(rows.since(seen)).toMatchObject({ full: true, rows: [{ service: 'stays' }] });
    expect(rows.since(rows.revision + 1).full).toBe(true);
  });
});
