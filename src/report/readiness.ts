/** What a readiness gate found: by its raw report, else by its facts, which have room for less. */
import { z } from 'zod';
import type { GateReport } from '../domain/gates/types.ts';
import type { ReportSource } from './source.ts';

const checkSchema = z.looseObject({
  title: z.string(),
  state: z.string(),
  score: z.number(),
  must: z.boolean(),
  why: z.string(),
  action: z.string().nullable(),
});
type ReadinessRow = z.output<typeof checkSchema>;

const categorySchema = z.looseObject({
  category: z.string(),
  score: z.number(),
  checks: z.array(checkSchema),
});

const common = { score: z.number(), blockers: z.array(z.string()), actions: z.array(z.string()) };
const reportSchema = z.looseObject({ ...common, categories: z.array(categorySchema) });
const factsSchema = z.looseObject({ ...common, categories: z.record(z.string(), z.number()) });

export interface Readiness {
  readonly score: number;
  readonly blockers: readonly string[];
  readonly actions: readonly string[];
  /** `checks`: null: its raw report is not kept. */
  readonly categories: readonly {
    readonly category: string;
    readonly score: number;
    readonly checks: readonly ReadinessRow[] | null;
  }[];
}

/** Null: the gate could not judge. */
export function readinessOf({ raw }: Pick<ReportSource, 'raw'>, gate: GateReport): Readiness | null {
  for (const { sha256 } of gate.reports) {
    const reading = reportSchema.safeParse(raw(sha256));
    if (reading.success) return reading.data;
  }
  const reading = factsSchema.safeParse(gate.facts);
  if (!reading.success) return null;
  const categories = Object.entries(reading.data.categories);
  return {
    ...reading.data,
    categories: categories.map(([category, score]) => ({ category, score, checks: null })),
  };
}
