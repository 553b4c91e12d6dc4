import { expect, test } from 'vitest';
import { neighboursOf } from '../../../../src/dashboard/pages/rollout/model/neighbours.ts';
import { viewOf } from '../../api/fakes.ts';

const run = (runId: string, startedAtMs: number) => viewOf({}, { runId, startedAtMs });
const [v1, v2, v3, v4] = [run('v1', 1), run('v2', 2), run('v3', 3), run('v4', 4)];

test('a rollout has those of its target that began before and after it, in whatever order they are listed', () => {
  const listed = [v4, v1, v3, v2];
  expect(neighboursOf(v2, listed)).toEqual({ earlier: v1, later: v3, latest: v4 });
  expect(neighboursOf(v4, listed)).toEqual({ earlier: v3, later: null, latest: null });
});

test('of one that is too old to be listed nothing is claimed but what is the latest', () => {
  expect(neighboursOf(v1, [v4, v3])).toEqual({ earlier: null, later: null, latest: v4 });
});
