/** Asks a source over HTTP within its time limit; every failure is an error of the catalogue that quotes no secret. */
import { SluiceError } from '../../domain/errors.ts';
import { limitOf } from '../limit.ts';
import { networkCause } from '../network-cause.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { type HttpAnswer, plainTransport, tlsTransport } from './http-transport.ts';
import { hide, requestHeaders } from './request-headers.ts';

interface Question<T> {
  readonly method: 'GET' | 'POST';
  /** Beside those of the settings. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  readonly maxBytes: number;
  /** Makes sense of the answer, also of one that is not `ok`; throws errors of the catalogue. */
  read(answer: HttpAnswer): T;
}

export interface HttpSource {
  /**
   * One request, one answer. Retries are the caller's: a check has a budget for errors, and a late answer is of no use.
   */
  ask<T>(url: string, question: Question<T>): Promise<T>;
  close(): void;
}

export function httpSource(settings: ConnectionSettings): HttpSource {
  const transport = settings.tls === undefined ? plainTransport : tlsTransport(settings.tls);
  return {
    async ask(url, { method, body, signal, maxBytes, read, headers: own = {} }) {
      const { headers, secrets } = await requestHeaders(settings);
      for (const [name, value] of Object.entries(own)) headers.set(name, value);
      const limit = limitOf(settings.timeoutMs, signal);
      try {
        return read(
          await transport.send(url, { method, headers, body: body ?? null, signal: limit.signal, maxBytes }),
        );
      } catch (error) {
        if (error instanceof SluiceError) throw new SluiceError(error.code, hide(error.message, secrets));
        if (signal?.aborted === true) throw unavailable(`The query to ${url} was cancelled.`);
        if (limit.struck) throw unavailable(`${url} gave no answer within ${settings.timeoutMs} ms.`);
        throw unavailable(`${url} could not be reached: ${hide(networkCause(error), secrets)}.`);
      } finally {
        limit.clear();
      }
    },
    close: () => transport.close(),
  };
}

function unavailable(message: string): SluiceError {
  return new SluiceError('metrics-unavailable', message);
}
