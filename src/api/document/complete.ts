/**
 * Completes the OpenAPI document that the routes make by themselves: refusals with their codes, examples, conditional
 * reading.
 */
import { type Operation, type OperationName, operations } from '../contract.ts';
import { examples } from '../examples/examples.ts';
import { problemExamples, refusalsOf } from './refusals.ts';

type Json = Record<string, unknown>;

interface Described extends Json {
  readonly operationId?: string;
  readonly responses?: Record<string, Json>;
}

/** Takes and gives the document as JSON. */
export function completed(document: Json): Json {
  const paths = Object.entries(asJson(document.paths)).map(([path, methods]) => {
    const described = Object.entries(asJson(methods)).map(([method, one]) => [
      method,
      operation(asJson(one)),
    ]);
    return [path, Object.fromEntries(described)];
  });
  const components = { ...asJson(document.components), examples: problemExamples() };
  return { ...document, paths: Object.fromEntries(paths), components };
}

function operation(described: Described): Json {
  const { operationId = '', responses = {} } = described;
  if (!isName(operationId)) return described;
  const entry: Operation = operations[operationId];
  const { '4XX': _4, '5XX': _5, ...answers } = responses;
  const { body, answer } = examples[operationId];
  const reading = conditional(entry);
  const told = Object.entries(answers).map(([status, one]) => [status, withExample(one, answer)]);
  return {
    ...described,
    ...(reading === null ? {} : { parameters: [...listed(described.parameters), ...reading.parameters] }),
    ...(described.requestBody === undefined
      ? {}
      : { requestBody: withExample(asJson(described.requestBody), body) }),
    // What is not ready answers by 503 as it does by 200.
    responses: { ...refusalsOf(entry), ...reading?.responses, ...Object.fromEntries(told) },
  };
}

/** What is read as JSON may be read again for as little as its ETag. */
function conditional({ method, answer, path }: Operation) {
  if (method !== 'GET' || typeof answer === 'string' || !path.startsWith('/v1/')) return null;
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  });
  const isRollout = path === operations.getRollout.path;
  return {
    parameters: [
      header('if-none-match', 'The ETag of what you have: answered with 304 while it is the same.'),
      ...(isRollout
        ? [
            header('prefer', 'Such as `wait=30`: how many seconds the answer may wait.'),
            header('cache-control', 'With `no-cache` a worker is asked, whatever account is at hand.'),
          ]
        : []),
    ],
    responses: { 304: { description: 'What you have is still so.' } },
  };
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function withExample(one: Json, value: unknown): Json {
  if (value === undefined) return one;
  const content = Object.entries(asJson(one.content)).map(([type, media]) => [
    type,
    { ...asJson(media), example: value },
  ]);
  return { ...one, content: Object.fromEntries(content) };
}

function isName(text: string): text is OperationName {
  return text in operations;
}

function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
