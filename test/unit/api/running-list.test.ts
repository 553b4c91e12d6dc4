/** The list of what runs over a Temporal that knows nothing of the attribute by which changes are listed. */
import { type Client, defaultPayloadConverter } from '@temporalio/client';
import { expect, test } from 'vitest';
import { RunningList } from '../../../src/api/temporal/running.ts';
import { withStatus } from '../../../src/domain/rollout/names.ts';

test('is read whole each time', async () => {
  const questions: string[] = [];
  const unknown = Object.assign(new Error('3 INVALID_ARGUMENT'), {
    code: 3,
    details: 'column name SluiceChanged is not found',
    metadata: {},
  });
  const phase = (value: string) => ({
    indexedFields: { SluicePhase: defaultPayloadConverter.toPayload(value) },
  });
  let phases = ['soaking'];
  const client = {
    options: { namespace: 'default' },
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflowService: {
      listWorkflowExecutions: async ({ query }: { query: string }) => {
        if (query.includes('SluiceChanged')) {
          questions.push('changes');
          throw unknown;
        }
        if (query.endsWith(withStatus.running)) questions.push('whole');
        if (!query.includes(withStatus.running)) return { executions: [] };
        const executions = phases.map((value, at) => ({
          execution: { workflowId: `rollout/prod/shop-${at}`, runId: `run-${at}` },
          status: 1,
          startTime: { seconds: 1 },
          searchAttributes: phase(value),
        }));
        return { executions };
      },
    },
  };
  const list = new RunningList({ client: client as unknown as Client, address: 'nowhere' });
  const seen = async () => [...(await list.byTarget()).values()].map(({ summary }) => summary.phase);
  phases = ['preparing'];
  expect(await seen()).toEqual(['preparing']);
  phases = ['preparing', 'preparing'];
  expect(await seen()).toEqual(['preparing', 'preparing']);
  phases = ['soaking', 'preparing'];
  expect(await seen()).toEqual(['soaking', 'preparing']);
  expect(list.lately('prod/shop-0')?.fresh).toBe(true);
  phases = [];
  expect(await seen()).toEqual([]);
  expect(questions).toEqual(['whole', 'changes', 'whole', 'whole', 'whole']);
});
