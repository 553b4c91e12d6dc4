import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { healthProviders } from '../../../../src/providers/health/index.ts';

const working: Record<string, Record<string, unknown>> = {
  grpc: { address: 'pricing.internal:8443' },
  http: { url: 'http://shop.internal/healthz' },
  memory: {},
  tcp: { address: '[::1]:5432' },
};

describe('the registry of health providers', () => {
  it('holds what the folder holds', () => {
    const folder = new URL('../../../../src/providers/health/', import.meta.url);
    const shared = ['index.ts', 'reading.ts', 'types.ts', 'address.ts'];
    const files = readdirSync(folder).filter((file) => !shared.includes(file) && !file.includes('-'));
    expect(healthProviders.map(({ type }) => `${type}.ts`).sort()).toEqual(files.sort());
  });

  it('refuses unknown settings and options for every provider', () => {
    for (const { type, options, settings } of healthProviders) {
      expect(options.safeParse({ nonsense: 1 }).success).toBe(false);
      expect(settings.safeParse(working[type]).success).toBe(true);
      expect(settings.safeParse({ ...working[type], nonsense: 1 }).success).toBe(false);
    }
  });

  it.each([
    ['tcp', { address: 'db' }],
    ['tcp', { address: 'db:0' }],
    ['tcp', { address: 'db-{{colour}}:5432' }],
    ['grpc', { address: 'http://db:1' }],
    ['http', { url: 'ftp://shop/' }],
    ['http', { url: 'http://ann:secret@shop/' }],
    ['http', { url: { blue: 'http://a/' } }],
  ])('refuses an address that cannot be one: %s %j', (type, settings) => {
    expect(healthProviders.find((one) => one.type === type)?.settings.safeParse(settings).success).toBe(
      false,
    );
  });

  it.each([
    ['tcp', { address: 'db:5432' }, false],
    ['tcp', { address: 'db-{{environment}}:5432' }, false],
    ['tcp', { address: 'shop-{{ slot }}:80' }, true],
    ['http', { url: 'http://shop/{{version}}' }, true],
    ['http', { url: { blue: 'http://a/', green: 'http://b/' } }, true],
  ])('knows what reaches the canary itself: %s %j', (type, settings, reaches) => {
    expect(healthProviders.find((one) => one.type === type)?.reachesArm(settings)).toBe(reaches);
  });
});
