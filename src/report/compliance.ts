/** What a compliance gate found: by its raw report, else by its facts, which name phases and no attestation. */
import { z } from 'zod';
import type { Findings } from '../api/contract.ts';
import type { GateReport } from '../domain/gates/types.ts';
import type { ReportSource } from './source.ts';

const reportSchema = z.looseObject({
  score: z.number(),
  phases: z.array(
    z.looseObject({
      name: z.string(),
      required: z.boolean(),
      complete: z.boolean(),
      score: z.number(),
      attestations: z.array(z.looseObject({ title: z.string(), state: z.string(), why: z.string() })),
    }),
  ),
});
const factsSchema = z.looseObject({
  score: z.number(),
  complete: z.array(z.string()),
  incomplete: z.array(z.string()),
});

/** Null: the gate could not judge. */
export function complianceOf(
  { raw }: Pick<ReportSource, 'raw'>,
  gate: GateReport,
): Findings['compliance'][number] | null {
  for (const { sha256 } of gate.reports) {
    const reading = reportSchema.safeParse(raw(sha256));
    if (!reading.success) continue;
    const { score, phases } = reading.data;
    return {
      gate: gate.name,
      score,
      phases: phases.map(({ name, required, complete, score: own, attestations }) => ({
        ...{ phase: name, required, complete, score: own },
        attestations: attestations.map(({ title, state, why }) => ({ title, state, why })),
      })),
    };
  }
  const facts = factsSchema.safeParse(gate.facts);
  if (!facts.success) return null;
  const { score, complete, incomplete } = facts.data;
  const named = (names: readonly string[], whole: boolean) =>
    // Facts do not say which are required, and those that are not cannot hold a rollout up by themselves.
    names.map((phase) => ({ phase, required: true, complete: whole, score: null, attestations: null }));
  return { gate: gate.name, score, phases: [...named(complete, true), ...named(incomplete, false)] };
}
