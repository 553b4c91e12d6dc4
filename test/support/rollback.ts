/** The record of a rollback for tests: of a person's command, restored after 40 ms, unless told otherwise. */
import type { RollbackRecord } from '../../src/domain/rollout/rollback-record.ts';

export function rollbackFixture(overrides: Partial<RollbackRecord> = {}): RollbackRecord {
  return {
    target: 'demo/shop',
    version: 'v2',
    stableVersion: 'v1',
    trigger: 'command',
    reason: 'people complain',
    actor: 'ada',
    evidence: [],
    firstBadAtMs: null,
    decidedAtMs: 100_000,
    restoredAtMs: 100_040,
    decideMs: null,
    restoreMs: 40,
    exposedMs: 20_000,
    canaryRequests: 321,
    actions: [],
    ...overrides,
  };
}
