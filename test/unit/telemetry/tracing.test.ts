import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/providers/config.ts';
import { startTracing } from '../../../src/telemetry/tracing.ts';

const endpoint = 'http://collector.example.com:4318/v1/traces';

describe('traces', () => {
  it.each([
    ['nobody says where they go', null, {}],
    ['the standard switch is off', { endpoint, share: 1 }, { OTEL_SDK_DISABLED: 'true' }],
    ['the standard exporter is none', { endpoint, share: 1 }, { OTEL_TRACES_EXPORTER: 'none' }],
    ['the address is an empty text', null, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
  ])('are not begun where %s', async (_, config, env) => {
    expect(await startTracing('sluice-test', config, env)).toBeNull();
  });

  it('are configured by an address, and by the share of them that is kept', () => {
    expect(parseConfig({}).tracing).toBeNull();
    expect(parseConfig({ tracing: { endpoint } }).tracing).toEqual({ endpoint, share: 1 });
    for (const tracing of [
      {},
      { endpoint: 'collector:4317' },
      { endpoint, share: 2 },
      { endpoint, headers: {} },
    ]) {
      expect(() => parseConfig({ tracing })).toThrow(/tracing/);
    }
  });
});
