import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { workloadProviders } from '../../../../src/providers/workload/index.ts';

describe('the registry of workload providers', () => {
  it('holds what the folder holds', () => {
    const folder = new URL('../../../../src/providers/workload/', import.meta.url);
    // Parts of a provider are named after it (`process-slots.ts`) or lie in a folder of its name; these belong to all.
    const shared = ['index.ts', 'ready.ts', 'types.ts'];
    const files = readdirSync(folder).filter(
      (file) => file.endsWith('.ts') && !shared.includes(file) && !file.includes('-'),
    );
    expect(workloadProviders.map(({ type }) => `${type}.ts`).sort()).toEqual(files.sort());
  });

  it('refuses unknown settings and options for every provider', () => {
    for (const { type, options, settings, create } of workloadProviders) {
      expect(options.safeParse({}).success, type).toBe(true);
      expect(options.safeParse({ nonsense: 1 }).success, type).toBe(false);
      expect(settings.safeParse({ nonsense: 1 }).success, type).toBe(false);
      expect(() => create({ nonsense: 1 }), type).toThrow(/settings of .* are invalid/);
    }
  });
});
