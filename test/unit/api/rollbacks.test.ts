/** The history of rollbacks: what is asked of Temporal, what is remembered, and how pages follow one another. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { beforeEach, describe, expect, test } from 'vitest';
import { sightOf } from '../../../src/api/access/sight.ts';
import { rollbackQuerySchema } from '../../../src/api/contract.ts';
import { RollbackHistory } from '../../../src/api/temporal/rollbacks.ts';
import { rollbackFixture } from '../../support/rollback.ts';
import { statusOf } from './fakes.ts';

const completed = 2;
const running = 1;
const terminated = 5;
const hourMs = 3_600_000;

interface Known {
  readonly service: string;
  readonly agoMs: number;
  readonly trigger?: 'check' | 'command';
  readonly status?: number;
  /** `none`: nothing goes back; `mute`: no account can be had. */
  readonly account?: 'none' | 'mute';
}

let known: Known[];
let asked: string[];
let queries: string[];

beforeEach(() => {
  known = [];
  asked = [];
  queries = [];
});

function history(): RollbackHistory {
  const accountOf = (id: string) => {
    asked.push(id);
    const one = known.find(({ service }) => id === `rollout/demo/${service}`);
    if (!one || one.account === 'mute') throw new Error('nobody answers');
    const { agoMs, trigger = 'command' } = one;
    const record = rollbackFixture({ decidedAtMs: Date.now() - agoMs, trigger });
    return statusOf({ rollback: one.account === 'none' ? null : record });
  };
  const client = {
    options: { namespace: 'default' },
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflow: {
      getHandle: (id: string) => ({ result: async () => accountOf(id), query: async () => accountOf(id) }),
    },
    workflowService: {
      listWorkflowExecutions: async ({ query }: { query: string }) => {
        queries.push(query);
        const cutShort = query.includes('"Terminated"');
        const fitting = known.filter(({ status }) => (status === terminated) === cutShort);
        return { executions: fitting.map(infoOf), nextPageToken: new Uint8Array() };
      },
    },
  };
  return new RollbackHistory({ client: client as unknown as Client, address: 'nowhere' });
}

function infoOf({ service, status = completed }: Known) {
  const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);
  return {
    execution: { workflowId: `rollout/demo/${service}`, runId: `run-of-${service}` },
    status,
    startTime: { seconds: 1 },
    searchAttributes: { indexedFields: { SluicePhase: payload('rolled-back') } },
  };
}

const asks = (input: Record<string, unknown> = {}) => rollbackQuerySchema.parse(input);

describe('the history of rollbacks', () => {
  test('has the last decision first, running or not, and the statistics of all', async () => {
    known = [
      { service: 'old', agoMs: 5 * hourMs, trigger: 'check' },
      { service: 'now', agoMs: 10, status: running },
      { service: 'fine', agoMs: 10, status: running, account: 'none' },
    ];
    const page = await history().page(asks());
    expect(page.rollbacks.map(({ service, ended }) => [service, ended])).toEqual([
      ['now', false],
      ['old', true],
    ]);
    expect(page).toMatchObject({ next: null, complete: true, unanswered: 0 });
    expect(page.statistics).toMatchObject({ count: 2, byTrigger: { check: 1, command: 1 }, success: 1 });
  });

  test('names what was ended from outside and left no record, beside the rollbacks and not among them', async () => {
    known = [
      { service: 'killed', agoMs: 10, status: terminated },
      { service: 'old', agoMs: hourMs },
    ];
    const page = await history().page(asks({ environment: 'demo', since: '7d' }));
    expect(page.cutShort).toMatchObject([{ target: 'demo/killed', temporalStatus: 'TERMINATED' }]);
    expect(page.rollbacks.map(({ service }) => service)).toEqual(['old']);
    expect(page.statistics.count).toBe(1);
    expect(asked).toEqual(['rollout/demo/old']);
    expect(queries[1]).toMatch(/SluiceEnvironment = "demo" AND ExecutionStatus IN .* AND CloseTime >= "20/);
    expect((await history().page(asks({ trigger: 'check' }))).cutShort).toEqual([]);
  });

  test('asks for each ended rollout once, for a running one now and then, and again once something was changed', async () => {
    known = [
      { service: 'old', agoMs: hourMs },
      { service: 'now', agoMs: 10, status: running },
    ];
    const kept = history();
    await kept.page(asks());
    await kept.page(asks());
    expect(asked.sort()).toEqual(['rollout/demo/now', 'rollout/demo/old']);
    kept.changed();
    await kept.page(asks());
    expect(asked.sort()).toEqual(['rollout/demo/now', 'rollout/demo/now', 'rollout/demo/old']);
  });

  test('filters by name and time in Temporal, by decision and trigger here', async () => {
    known = [
      { service: 'check', agoMs: hourMs, trigger: 'check' },
      { service: 'older', agoMs: 3 * hourMs, trigger: 'check' },
      { service: 'person', agoMs: hourMs },
    ];
    const page = await history().page(
      asks({ environment: 'demo', service: 's', since: '2h', trigger: 'check' }),
    );
    expect(page.rollbacks.map(({ service }) => service)).toEqual(['check']);
    expect(page.statistics.count).toBe(1);
    expect(queries[0]).toContain('SluiceEnvironment = "demo" AND SluiceService = "s"');
    expect(queries[0]).toMatch(/SluiceOutcome = "rolled-back" AND CloseTime >= "20\d\d-/);
  });

  test('gives pages that go on where the last one ended, also when newer ones have come', async () => {
    known = [1, 2, 3, 4].map((hours) => ({ service: `s${hours}`, agoMs: hours * hourMs }));
    const kept = history();
    const first = await kept.page(asks({ limit: 2 }));
    known.unshift({ service: 'newer', agoMs: 0 });
    const second = await kept.page(asks({ limit: 2, cursor: first.next }));
    expect([first, second].map(({ rollbacks }) => rollbacks.map(({ service }) => service))).toEqual([
      ['s1', 's2'],
      ['s3', 's4'],
    ]);
    expect(second.next).toBeNull();
    await expect(kept.page(asks({ cursor: first.next, service: 's1' }))).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  test('shows a part to whoever sees a part, which others take no room in', async () => {
    known = [
      ...Array.from({ length: 60 }, (_, at) => ({ service: `other${at}`, agoMs: 10, status: terminated })),
      { service: 'mine-too', agoMs: 10, status: terminated },
      { service: 'other', agoMs: 10 },
      { service: 'mine', agoMs: hourMs },
    ];
    const sees = sightOf({
      name: 'ann',
      verified: true,
      grants: [{ role: 'viewer', environments: ['demo', 'dev'], services: ['mine*'] }],
    });
    const page = await history().page(asks(), sees);
    expect(page.rollbacks.map(({ service }) => service)).toEqual(['mine']);
    expect(page.cutShort.map(({ service }) => service)).toEqual(['mine-too']);
    expect(page.statistics.count).toBe(1);
    expect(asked, 'nobody else is asked').toEqual(['rollout/demo/mine']);
    for (const query of queries) expect(query).toContain(' AND SluiceEnvironment IN ("demo", "dev")');
  });

  test('says how many gave no account', async () => {
    known = [{ service: 'mute', agoMs: 10, account: 'mute' }];
    expect(await history().page(asks())).toMatchObject({ rollbacks: [], unanswered: 1 });
  });

  test.each([{ since: 'yesterday' }, { since: '7' }, { limit: 0 }, { requestsPerUser: 0 }, { who: 'me' }])(
    'refuses %j',
    (query) => {
      expect(rollbackQuerySchema.safeParse(query).success).toBe(false);
    },
  );
});
