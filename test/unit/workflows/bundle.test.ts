import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import { bundleWorkflows } from '../../../src/worker/bundle.ts';

describe('the workflow bundle', () => {
  it('can be made from the sources, and stays small: no library but Temporal’s own is inside', async () => {
    const { code } = await bundleWorkflows();
    expect(code).toContain('rolled-back');
    expect(code).not.toMatch(/node_modules\/(zod|yaml|fastify|pino)\//);
  });

  it('a history can be written as JSON, which a doubled protobufjs breaks', () => {
    expect(historyToJSON({ events: [] })).toContain('{');
  });
});
