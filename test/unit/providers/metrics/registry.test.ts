import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricsProviders } from '../../../../src/providers/metrics/index.ts';

describe('the registry of metrics providers', () => {
  it('holds what the folder holds', () => {
    const folder = new URL('../../../../src/providers/metrics/', import.meta.url);
    // Parts of a provider are named after it (`prometheus-answer.ts`); these three belong to all.
    const shared = ['index.ts', 'reading.ts', 'shared.ts', 'types.ts'];
    const files = readdirSync(folder).filter((file) => !shared.includes(file) && !file.includes('-'));
    expect(metricsProviders.map(({ type }) => `${type}.ts`).sort()).toEqual(files.sort());
  });

  it('refuses unknown settings and options for every provider', () => {
    for (const { options, settings } of metricsProviders) {
      expect(options.safeParse({}).success).toBe(true);
      expect(options.safeParse({ nonsense: 1 }).success).toBe(false);
      expect(settings.safeParse({ nonsense: 1 }).success).toBe(false);
    }
  });
});
