/** Completes the OpenAPI document that the routes make by themselves: refusals with their codes, examples, conditional reading. */
import { type Operation, type OperationName, operations } from '../contract.ts';
import { examples } from '../examples/examples.ts';
import { refusalsOf } from './refusals.ts';

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
  return { ...document, paths: Object.fromEntries(paths) };
}

function operation(described: Described): Json {
  const { operationId = '', responses = {} } = described;
  if (!isName(operationId)) return described;
  const entry: Operation = operations[operationId];
  const { '4XX': _4, '5XX': _5, ...answers } = responses;
  const { body, answer } = examples[operationId];
  const told = Object.entries(answers).map(([status, one]) => [status, withExample(one, answer)]);
  return {
    ...described,
    ...(described.requestBody === undefined
      ? {}
      : { requestBody: withExample(asJson(described.requestBody), body) }),
    // What is not ready answers by 503 as it does by 200.
    responses: { ...refusalsOf(entry), ...Object.fromEntries(told) },
  };
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
