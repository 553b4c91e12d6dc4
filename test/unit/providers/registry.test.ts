import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../src/domain/plan/schema.ts';
import { type LoadOptions, parseConfig } from '../../../src/providers/config.ts';
import { defaultCatalogue } from '../../../src/providers/default-catalogue.ts';
import { createRegistry } from '../../../src/providers/registry.ts';
import { fakeTypes } from './fakes.ts';

const input = {
  traffic: { proxy: { socket: '/run/a' }, 'edge-eu': { type: 'proxy', socket: '/run/b' } },
  metrics: { store: {} },
};

function registryWith(log: string[], closing?: () => Promise<void>) {
  const types = fakeTypes(log, closing);
  const options: LoadOptions = { types, env: {} };
  return createRegistry(parseConfig(input, options), types);
}

describe('the registry', () => {
  it('makes a provider when it is first asked for, with its settings, and keeps it', () => {
    const log: string[] = [];
    const registry = registryWith(log);
    expect(log).toEqual([]);
    expect(registry.traffic('edge-eu')).toBe(registry.traffic('edge-eu'));
    expect(registry.metrics('store')).toBe(registry.metrics('store'));
    expect(registry.workload('external')).toBe(registry.workload('external'));
    expect(registry.traffic('proxy')).not.toBe(registry.traffic('edge-eu'));
    expect(log).toEqual([
      'create proxy {"socket":"/run/b","timeoutMs":100}',
      'create store',
      'create external',
      'create proxy {"socket":"/run/a","timeoutMs":100}',
    ]);
  });

  it.each(['prxy', 'toString', '__proto__'])('does not know %s', (name) => {
    const registry = registryWith([]);
    expect(() => registry.traffic(name)).toThrow(
      expect.objectContaining({
        code: 'provider-unknown',
        message: expect.stringContaining('allowed: proxy, edge-eu'),
      }),
    );
  });

  it('guesses what was meant', () => {
    expect(() => registryWith([]).metrics('stor')).toThrow(/did you mean "store"\?/);
  });

  it('closes what it made, once, and only that', async () => {
    const log: string[] = [];
    const registry = registryWith(log);
    registry.traffic('proxy');
    registry.metrics('store');
    log.length = 0;
    await registry.close();
    await registry.close();
    expect(log).toEqual(['close proxy', 'close store']);
  });

  it('closes everything even when one closing fails, and tells', async () => {
    const log: string[] = [];
    const registry = registryWith(log, async () => {
      throw new Error('socket is stuck');
    });
    registry.traffic('proxy');
    registry.metrics('store');
    await expect(registry.close()).rejects.toThrow(/socket is stuck/);
    expect(log).toContain('close store');
  });

  it('has the catalogue that plans are parsed with', () => {
    const { catalogue } = registryWith([]);
    const plan = {
      service: 'shop',
      environment: 'demo',
      version: 'v2',
      traffic: { provider: 'edge-eu', mode: 'fast' },
      metrics: 'store',
      checks: ['success-rate'],
      stages: [{ weight: 10 }, { weight: 50 }],
    };
    expect(parsePlan(plan, catalogue)).toMatchObject({
      ok: true,
      plan: { traffic: { options: { mode: 'fast' } } },
    });
  });

  it('describes instances with their options, and never their settings', () => {
    const description = registryWith([]).describe();
    expect(description.traffic).toMatchObject([
      { name: 'proxy', type: 'proxy', summary: 'A proxy.', options: { properties: { mode: {} } } },
      { name: 'edge-eu', type: 'proxy' },
    ]);
    expect(description.presets.map(({ name }) => name)).toContain('success-rate');
    expect(JSON.stringify(description)).not.toContain('/run/');
  });

  it('refuses a type that does not exist', () => {
    const none = { metrics: {}, workload: {}, health: {}, alerts: {}, hooks: {}, gates: {}, notifiers: {} };
    const config = { ...none, traffic: { x: { type: 'prxy', settings: {} } } };
    expect(() => createRegistry(config, fakeTypes())).toThrow(
      expect.objectContaining({ code: 'config-invalid' }),
    );
  });
});

describe('the built-in providers', () => {
  it('are all in the default catalogue', () => {
    const { traffic, metrics, workload } = defaultCatalogue();
    expect(Object.keys(traffic)).toContain('haproxy');
    expect(Object.keys(metrics)).toContain('prometheus');
    expect(Object.keys(workload).sort()).toEqual(['external', 'kubernetes', 'process']);
  });
});
