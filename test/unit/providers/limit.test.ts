import { describe, expect, it } from 'vitest';
import { limitOf, within } from '../../../src/providers/limit.ts';

const never = () => new Promise<never>(() => {});

describe('within', () => {
  it('passes on what the work gives, and what it throws', async () => {
    expect(await within(1_000, async () => 7)).toBe(7);
    await expect(within(1_000, async () => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  it('ends work that heeds no signal at the limit', async () => {
    await expect(within(20, never)).rejects.toThrow('no answer within 20 ms');
  });

  it('ends at once when the caller is cancelled, before or meanwhile', async () => {
    const caller = new AbortController();
    const waiting = within(60_000, never, caller.signal);
    caller.abort(new Error('not wanted'));
    await expect(waiting).rejects.toThrow('not wanted');
    await expect(within(60_000, never, caller.signal)).rejects.toThrow('not wanted');
  });
});

describe('limitOf', () => {
  it('tells time from cancellation, and strikes no more once cleared', async () => {
    const caller = new AbortController();
    const cancelled = limitOf(60_000, caller.signal);
    caller.abort();
    expect(cancelled.signal.aborted).toBe(true);
    expect(cancelled.struck).toBe(false);
    cancelled.clear();

    const struck = limitOf(5);
    await new Promise((resolve) => struck.signal.addEventListener('abort', resolve));
    expect(struck.struck).toBe(true);
    const cleared = limitOf(5);
    cleared.clear();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(cleared.signal.aborted).toBe(false);
  });
});
