/** How every failure is told: problem details of RFC 9457, with the field at fault and what to try. */
import { z } from 'zod';
import type { Problem } from '../../domain/errors.ts';

export const problemMediaType = 'application/problem+json';

/** One field at fault. */
export const fieldProblemSchema = z
  .object({
    path: z.string(),
    message: z.string(),
    kind: z
      .exactOptional(z.enum(['policy', 'practice', 'dependency']))
      .describe('What found it; absent: the form of the document.'),
    policy: z.exactOptional(z.string()).describe('The policy that it does not fit.'),
  })
  .meta({
    id: 'FieldProblem',
    description: 'One field at fault; `path` is dotted, such as `stages[0].weight`.',
  });
fieldProblemSchema satisfies z.ZodType<Problem>;

export const problemSchema = z
  .object({
    /** `/docs/errors#<code>`, a page that explains the code. */
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    /** What happened and why. */
    detail: z.string(),
    /** One of the error catalogue. */
    code: z.string(),
    /** What to try. */
    advice: z.string(),
    problems: z.array(fieldProblemSchema),
    /** Facts for machines, such as the run id of the rollout that is in the way. */
    details: z.record(z.string(), z.unknown()).default({}),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' });
export type ProblemDetails = z.infer<typeof problemSchema>;

/** A short, fixed title of a code: `plan-invalid` reads `Plan invalid`. */
export function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

export function problemTypeOf(code: string): string {
  return `/docs/errors#${code}`;
}
