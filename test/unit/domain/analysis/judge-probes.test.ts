import { describe, expect, it } from 'vitest';
import { judge, type LookCheck } from '../../../../src/domain/analysis/index.ts';
import { conclude, firstFailure, firstObstacle, observe } from '../../../../src/domain/analysis/record.ts';
import type { CheckRecord, Reading } from '../../../../src/domain/analysis/types.ts';
import { alertCheck, failedQuery, healthCheck, threshold, value } from './samples.ts';

const up: Reading = { kind: 'value', value: 1, samples: null, note: '200 in 3 ms' };
const down: Reading = { kind: 'value', value: 0, samples: null, note: 'connection refused' };

function recordAfter(config: LookCheck, ...readings: readonly Reading[]): CheckRecord {
  const first = observe(null, judge(config, readings[0] ?? failedQuery, null, 0), config);
  return readings.slice(1).reduce((kept, one) => observe(kept, judge(config, one, null, 1), config), first);
}

describe('a health check', () => {
  it('passes a healthy answer and says what the probe saw', () => {
    expect(judge(healthCheck(), up, null, 7)).toMatchObject({
      kind: 'pass',
      reason: 'app is healthy: 200 in 3 ms',
      atMs: 7,
    });
  });

  it('fails what does not answer', () => {
    const verdict = judge(healthCheck({ scope: 'shared', name: 'shop-db' }), down, null, 0);
    expect(verdict).toMatchObject({
      kind: 'fail',
      reason: 'shop db, which both versions need, is not healthy: connection refused',
    });
  });

  it('is an error, not a failure, when the probe could not be tried', () => {
    expect(judge(healthCheck(), failedQuery, null, 0).kind).toBe('error');
    expect(judge(healthCheck(), { kind: 'no-data', reason: 'nothing' }, null, 0).kind).toBe('no-data');
  });
});

describe('an alert check', () => {
  it('passes only when a source says that nothing fires', () => {
    expect(judge(alertCheck(), value(0, null), null, 0).kind).toBe('pass');
    expect(judge(alertCheck(), failedQuery, null, 0).kind).toBe('error');
  });

  it('names what fires', () => {
    const firing: Reading = { kind: 'value', value: 2, samples: null, note: 'ShopDown, ShopSlow' };
    expect(judge(alertCheck(), firing, null, 0)).toMatchObject({
      kind: 'fail',
      reason: 'pages: 2 alerts fire: ShopDown, ShopSlow',
    });
  });
});

describe('what a failed probe does', () => {
  const shared = healthCheck({ name: 'database', scope: 'shared', onFail: 'hold' });

  it('takes the canary back when the canary alone is meant', () => {
    const app = healthCheck();
    expect(firstFailure([recordAfter(app, down, down)], [app])).toMatchObject({ check: 'app' });
    expect(firstObstacle([recordAfter(app, down, down)], [app])).toBeNull();
  });

  it('holds the stage when both versions need what is down, until it is back', () => {
    const records = [recordAfter(shared, down, down)];
    expect(firstFailure(records, [shared])).toBeNull();
    expect(firstObstacle(records, [shared])).toMatchObject({ check: 'database' });
    expect(conclude(records, [shared]).kind).toBe('open');
    expect(firstObstacle([recordAfter(shared, down, down, up)], [shared])).toBeNull();
  });

  it('leaves no stage passed by dependencies and silence alone', () => {
    const quiet = alertCheck();
    const records = [recordAfter(shared, up), recordAfter(quiet, value(0, null))];
    expect(conclude(records, [shared, quiet]).kind).toBe('open');
    const measured = threshold();
    const all = [...records, recordAfter(measured, value(0, 100))];
    expect(conclude(all, [shared, quiet, measured]).kind).toBe('passed');
  });
});
