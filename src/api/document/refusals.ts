/** How each operation may be refused, as answers of the OpenAPI document: one for each status, with its codes. */
import { type ErrorCode, errorCatalogue, SluiceError } from '../../domain/errors.ts';
import { type Operation, problemMediaType } from '../contract.ts';
import { problemOf } from '../problems.ts';

const ofAll: readonly ErrorCode[] = [
  'request-invalid',
  'unauthenticated',
  'access-refused',
  'host-refused',
  'rate-limited',
  'request-slow',
  'headers-too-large',
  'internal',
  'auth-unavailable',
];
const ofWrites: readonly ErrorCode[] = [
  'origin-refused',
  'csrf-refused',
  'body-too-large',
  'media-type-unsupported',
];

const exampleRequestId = '5f0c3f0e-6f5d-4c55-9d2b-0d4c6f0f7a11';
const retryAfter = {
  description: 'Seconds after which the same request may succeed.',
  schema: { type: 'integer', minimum: 0 },
};

/** By status. */
export function refusalsOf({ method, errors }: Operation): Record<string, object> {
  const codes = [...ofAll, ...(method === 'POST' ? ofWrites : []), ...errors];
  const statuses = [...new Set(codes.map((code) => errorCatalogue[code].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      refusal(codes.filter((code) => errorCatalogue[code].status === status)),
    ]),
  );
}

function refusal(codes: readonly ErrorCode[]): object {
  const retryable = codes.some((code) => errorCatalogue[code].retryable);
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    ...(retryable ? { headers: { 'Retry-After': retryAfter } } : {}),
    content: {
      [problemMediaType]: {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

/** One for each code, to which the answers refer. */
export function problemExamples(): Record<string, object> {
  const codes = Object.keys(errorCatalogue).filter((code): code is ErrorCode => code in errorCatalogue);
  return Object.fromEntries(
    codes.map((code) => {
      const error = new SluiceError(code, 'What happened, and why.');
      return [code, { value: problemOf(error, exampleRequestId) }];
    }),
  );
}
