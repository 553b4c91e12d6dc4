import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plannedTotalMs } from '../../../../src/domain/plan/planned.ts';
import { parsePlanText } from '../../../../src/domain/plan/schema.ts';
import type { Plan } from '../../../../src/domain/plan/types.ts';
import { defaultCatalogue } from '../../../../src/providers/default-catalogue.ts';

const folder = resolve(import.meta.dirname, '../../../../examples');
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

function planOf(file: string): Plan {
  const result = parsePlanText(textOf(file), defaultCatalogue());
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

describe('the examples', () => {
  it.each(readdirSync(folder).filter((file) => file.endsWith('.yaml')))(
    '%s has no problem and no warning',
    (file) => {
      const result = parsePlanText(textOf(file), defaultCatalogue());
      expect('problems' in result ? result.problems : []).toEqual([]);
      expect(result.warnings).toEqual([]);
      expect(textOf(file)).toMatch(/^# yaml-language-server: \$schema=\.\.\/docs\/plan\.schema\.json\n/);
    },
  );

  it('minimal.yaml has ten lines', () => {
    const lines = textOf('minimal.yaml').trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('#'))).toHaveLength(10);
  });

  it('the good and the bad version differ in nothing but the version', () => {
    expect({ ...planOf('shop-bad.yaml'), version: 'v2' }).toEqual(planOf('shop-good.yaml'));
  });

  it('the demo takes about 90 seconds', () => {
    const plan = planOf('shop-good.yaml');
    const totalMs = plannedTotalMs(plan.stages) + plan.watchAfterMs;
    expect(totalMs).toBeGreaterThan(60_000);
    expect(totalMs).toBeLessThan(90_000);
  });
});
