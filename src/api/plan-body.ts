/** Reads a plan out of a request body: bare or in an envelope, in JSON or YAML. */
import { SluiceError } from '../domain/errors.ts';
import type { Plan } from '../domain/plan/types.ts';
import { type Bounds, metricsProblem } from '../domain/policy/bounds.ts';
import { planEnvelopeSchema } from './contract.ts';
import type { PlanParse, PlanReader } from './service.ts';
import { problemsOf } from './validation.ts';

interface PlanRequest {
  readonly parse: PlanParse;
  readonly actor: string;
  readonly reason: string;
  readonly force: boolean;
  readonly strict: boolean;
}

/** Whoever sends a bare plan is not named in it. */
const unnamedActor = 'api';

export function readPlanBody(body: unknown, reader: PlanReader): PlanRequest {
  if (typeof body === 'string') return bare(reader.parseText(body));
  if (typeof body !== 'object' || body === null || !('plan' in body)) {
    return bare(reader.parse(body));
  }
  const envelope = planEnvelopeSchema.safeParse(body);
  if (!envelope.success) {
    throw new SluiceError('request-invalid', 'The envelope of the plan is not valid.', {
      problems: problemsOf(envelope.error, ''),
    });
  }
  const { plan, actor = unnamedActor, reason = '', force = false, strict = false } = envelope.data;
  const parse = typeof plan === 'string' ? reader.parseText(plan) : reader.parse(plan);
  return { parse, actor, reason, force, strict };
}

function bare(parse: PlanParse): PlanRequest {
  return { parse, actor: unnamedActor, reason: '', force: false, strict: false };
}

/** A query sees all that its source has, so a source of some environments is asked for no plan of another. */
export function refuseForeignMetrics(plan: Plan, bounds: Bounds = {}): void {
  const message = metricsProblem(plan, bounds);
  if (message === null) return;
  const problem = { path: 'metrics', message, kind: 'policy' } as const;
  throw new SluiceError('plan-refused', `The plan may not ask its metrics: ${message}.`, {
    problems: [problem],
  });
}

/** The plan, or `plan-invalid` with every problem. */
export function planOf(parse: PlanParse): Plan {
  if (parse.ok) return parse.plan;
  const count = parse.problems.length;
  throw new SluiceError('plan-invalid', `The plan has ${count} problem${count === 1 ? '' : 's'}.`, {
    problems: parse.problems,
  });
}
