/** The runs of one rollout: what is gone is left out, and what could not be had now is no answer. */
import { expect, test } from 'vitest';
import { runsUpTo } from '../../../src/audit/chain.ts';
import type { History } from '../../../src/audit/history.ts';

const gone = new Error('gone');
const isGone = (error: unknown) => error === gone;

/** Run 3 continued run 2, and so on. */
const historyOf = (runId: string): History => {
  const continuedExecutionRunId = runId === '1' ? '' : String(Number(runId) - 1);
  return { events: [{ workflowExecutionStartedEventAttributes: { continuedExecutionRunId } }] };
};
const failingAt = (at: string, error: Error) => async (runId: string) => {
  if (runId === at) throw error;
  return historyOf(runId);
};

test('leaves out the runs that are gone', async () => {
  const runs = await runsUpTo('3', failingAt('1', gone), isGone);
  expect(runs.map(({ runId }) => runId)).toEqual(['2', '3']);
});

test('does not take a time-out for a run that is gone', async () => {
  await expect(runsUpTo('3', failingAt('1', new Error('too slow')), isGone)).rejects.toThrow('too slow');
});
