/** A catalogue and plans to vary. */
import { z } from 'zod';
import type { Problem } from '../../../../src/domain/errors.ts';
import { type PlanCatalogue, parsePlan } from '../../../../src/domain/plan/schema.ts';
import type { Plan } from '../../../../src/domain/plan/types.ts';

export const catalogue: PlanCatalogue = {
  traffic: {
    haproxy: { options: z.strictObject({ backends: z.strictObject({ blue: z.string() }).optional() }) },
    'edge-eu': { options: z.strictObject({ mode: z.enum(['fast', 'safe']).default('safe') }) },
  },
  metrics: { prometheus: { options: z.strictObject({}) } },
  workload: { external: { options: z.strictObject({}) }, process: { options: z.strictObject({}) } },
  health: { 'shop-db': { reachesArm: false }, app: { reachesArm: true } },
  alerts: { pager: { options: z.strictObject({}) } },
  gates: { people: { type: 'approval', options: z.strictObject({ count: z.int().default(1) }) } },
  hooks: { 'shop-flag': { type: 'http' }, 'flush-cache': { type: 'command' } },
};

export type Document = Readonly<Record<string, unknown>>;

export const minimal: Document = {
  service: 'shop',
  environment: 'demo',
  version: 'v2',
  traffic: 'haproxy',
  metrics: 'prometheus',
  checks: ['success-rate', 'latency-p95'],
  stages: [{ weight: 10 }, { weight: 50 }],
};

export const custom: Document = { name: 'queue', kind: 'threshold', query: 'queue_length', max: 100 };

export function planWith(changes: Document = {}): Plan {
  const result = parsePlan({ ...minimal, ...changes }, catalogue);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.plan;
}

export function problemsWith(changes: Document): readonly Problem[] {
  const result = parsePlan({ ...minimal, ...changes }, catalogue);
  return result.ok ? [] : result.problems;
}

/** The message at each path. */
export function told(problems: readonly Problem[]): Record<string, string> {
  return Object.fromEntries(problems.map(({ path, message }) => [path, message]));
}

export function warningsWith(changes: Document): Record<string, string> {
  const result = parsePlan({ ...minimal, ...changes }, catalogue);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return told(result.warnings);
}
