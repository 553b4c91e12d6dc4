/** Checks requests against their zod schemas and names the field at fault the way people write it. */
import type { FastifySchema, FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { type Problem, SluiceError } from '../domain/errors.ts';
import { explain, likeliest } from '../domain/plan/document/problems.ts';

const partNames: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
};

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = partNames[httpPart ?? ''] ?? 'request';
  return (data: unknown) => {
    // No body at all is an empty one.
    const result = schema.safeParse(data === undefined && part === 'body' ? {} : data, {
      error: explain,
    });
    if (result.success) return { value: result.data };
    return { error: invalid(problemsOf(result.error, part)) };
  };
};

export function invalid(problems: readonly Problem[]): SluiceError {
  return new SluiceError('request-invalid', `The request is not valid: ${fieldsOf(problems)}.`, { problems });
}

/** Each once, however much is wrong with it. */
export function fieldsOf(problems: readonly Problem[]): string {
  return [...new Set(problems.map(({ path }) => path))].join(', ');
}

/** Answers are made by typed code, so they are written as they are; a reader's schema is the check. */
export const serializerCompiler = (_: { schema: FastifySchema }) => (data: unknown) => JSON.stringify(data);

export function problemsOf({ issues }: Pick<z.ZodError, 'issues'>, part: string): Problem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      return problemsOf({ issues: [...likeliest(issue.errors)] }, dotted(part, issue.path));
    }
    const paths =
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    const message = issue.code === 'unrecognized_keys' ? 'is not known here' : issue.message;
    return paths.map((path) => ({ path: dotted(part, path), message }));
  });
}

/** A path as people write it, from the part of the request that it is in. */
export function dotted(part: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, part);
}
