import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alertsProviders } from '../../../../src/providers/alerts/index.ts';

describe('the registry of alerts providers', () => {
  it('holds what the folder holds', () => {
    const folder = new URL('../../../../src/providers/alerts/', import.meta.url);
    const shared = ['index.ts', 'reading.ts', 'types.ts'];
    const files = readdirSync(folder).filter((file) => !shared.includes(file) && !file.includes('-'));
    expect(alertsProviders.map(({ type }) => `${type}.ts`).sort()).toEqual(files.sort());
  });

  it('refuses unknown settings and options for every provider', () => {
    for (const { options, settings } of alertsProviders) {
      expect(options.safeParse({}).success).toBe(true);
      expect(options.safeParse({ nonsense: 1 }).success).toBe(false);
      expect(settings.safeParse({ nonsense: 1 }).success).toBe(false);
    }
  });
});
