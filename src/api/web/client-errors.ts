/**
 * Answers what is no HTTP, too long or too slow in coming, before there is a request: a problem like any other, and the
 * end.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, SluiceError } from '../../domain/errors.ts';
import { problemMediaType } from '../contract.ts';
import { problemOf } from '../problems.ts';
import { headersOf } from './answer-headers.ts';

const faults: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request-slow', 'The request did not come in time.'],
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'The headers are too large.'],
};

export function answerClientError(error: Error, socket: Socket): void {
  const named = 'code' in error ? String(error.code) : '';
  if (named === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [code, why] = faults[named] ?? ['request-invalid', 'That is no HTTP request.'];
  const problem = new SluiceError(code, why);
  const body = JSON.stringify(problemOf(problem, randomUUID()));
  const headers = {
    ...headersOf('', false),
    connection: 'close',
    'content-type': problemMediaType,
    'content-length': String(Buffer.byteLength(body)),
  };
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
  );
}
