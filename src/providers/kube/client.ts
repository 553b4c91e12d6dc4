/** Requests to one Kubernetes API server: each bounded in time, answered with the object or with a `KubeError`. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { messageOf } from '../../domain/errors.ts';
import { limitOf, NoAnswer } from '../limit.ts';
import type { Connection } from './connection.ts';
import { KubeError, refusal } from './errors.ts';
import {
  apiVersionOf,
  fieldManager,
  type JsonPatch,
  type KubeKind,
  type KubeObject,
  type KubeRef,
  nameOf,
} from './types.ts';

interface KubeList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** What an object must still be for it to be deleted. */
interface Preconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/** `try` only asks whether it would be done. */
type Mode = 'do' | 'try';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Errors of every call: `KubeError`. */
export class KubeClient {
  readonly connection: Connection;
  private readonly timeoutMs: number;

  constructor(connection: Connection, timeoutMs: number) {
    this.connection = connection;
    this.timeoutMs = timeoutMs;
  }

  async get(ref: KubeRef, signal?: AbortSignal): Promise<KubeObject> {
    return await this.ask(`read ${nameOf(ref)}`, { method: 'GET', path: pathOf(ref) }, signal);
  }

  /** Null: there is none. */
  async find(ref: KubeRef, signal?: AbortSignal): Promise<KubeObject | null> {
    return await this.get(ref, signal).catch((error: unknown) => {
      if (error instanceof KubeError && error.problem === 'not-found') return null;
      throw error;
    });
  }

  async list(kind: KubeKind, options: ListOptions = {}, signal?: AbortSignal): Promise<KubeList> {
    const { namespace, labelSelector, fieldSelector } = options;
    const query = { labelSelector, fieldSelector };
    const path = pathOf({ kind, ...(namespace === undefined ? {} : { namespace }) }, query);
    const answer = await this.ask(`list ${kind.resource}`, { method: 'GET', path }, signal);
    const items = (answer.items ?? []) as readonly KubeObject[];
    // Items of a list carry neither.
    const named = items.map((item) => ({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind }));
    return { items: named, resourceVersion: answer.metadata.resourceVersion ?? '' };
  }

  async create(ref: KubeRef, object: object, signal?: AbortSignal, mode: Mode = 'do'): Promise<KubeObject> {
    const { name: _named, ...collection } = ref;
    const body = { apiVersion: apiVersionOf(ref.kind), kind: ref.kind.kind, ...object };
    const path = pathOf(collection, { fieldManager, dryRun: dryRunOf(mode) });
    return await this.ask(`create ${nameOf(ref)}`, { method: 'POST', path, body }, signal);
  }

  /**
   * A JSON Patch if it is a list, else a merge patch; a `metadata.resourceVersion` in the latter must still be the
   * object's.
   */
  async patch(
    ref: KubeRef,
    patch: JsonPatch | object,
    signal?: AbortSignal,
    mode: Mode = 'do',
  ): Promise<KubeObject> {
    const type = Array.isArray(patch) ? 'application/json-patch+json' : 'application/merge-patch+json';
    const path = pathOf(ref, { fieldManager, dryRun: dryRunOf(mode) });
    return await this.ask(`change ${nameOf(ref)}`, { method: 'PATCH', path, body: patch, type }, signal);
  }

  /**
   * That it is gone already is no error. Dependents go in the background. `conflict` if it is not as `preconditions`
   * say.
   */
  async delete(ref: KubeRef, signal?: AbortSignal, preconditions?: Preconditions): Promise<void> {
    // All in the body: where there is one, the API server does not heed the query, and a Job's pods would stay.
    const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
    const body = preconditions ? { ...options, preconditions } : options;
    const request = { method: 'DELETE', path: pathOf(ref), body } as const;
    await this.ask(`delete ${nameOf(ref)}`, request, signal).catch((error: unknown) => {
      if (!(error instanceof KubeError && error.problem === 'not-found')) throw error;
    });
  }

  /** The text at a path, such as a pod's log. */
  async text(what: string, path: string, signal?: AbortSignal): Promise<string> {
    const limit = limitOf(this.timeoutMs, signal);
    try {
      return await readAll(await this.send({ method: 'GET', path }, what, limit.signal));
    } finally {
      limit.clear();
    }
  }

  /** The answer as it comes, for watches; whoever asks ends it by `signal`. */
  async stream(what: string, path: string, signal: AbortSignal): Promise<IncomingMessage> {
    return await this.send({ method: 'GET', path, lasts: true }, what, signal);
  }

  close(): void {
    this.connection.close();
  }

  private async ask(what: string, request: Request, signal?: AbortSignal): Promise<KubeObject> {
    const limit = limitOf(this.timeoutMs, signal);
    try {
      const text = await readAll(await this.send(request, what, limit.signal));
      return JSON.parse(text) as KubeObject;
    } catch (error) {
      if (error instanceof KubeError) throw error;
      const why = limit.struck ? `no answer within ${this.timeoutMs} ms` : messageOf(error);
      throw new KubeError('unavailable', `${what}: ${why}`, 0, { cause: error });
    } finally {
      limit.clear();
    }
  }

  private async send(request: Request, what: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { server } = this.connection;
    const options = await this.connection.options(request.lasts ? 'stream' : undefined);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const answer = await answerOf(server.protocol, body, {
      ...options,
      hostname: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port || (server.protocol === 'http:' ? 80 : 443),
      path: `${server.pathname.replace(/\/$/, '')}${request.path}`,
      method: request.method,
      signal,
      headers: {
        ...options.headers,
        accept: 'application/json',
        ...(body === undefined
          ? {}
          : {
              'content-type': request.type ?? 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
      },
    }).catch((error: unknown) => {
      const why = signal.reason instanceof NoAnswer ? signal.reason.message : messageOf(error);
      throw new KubeError('unavailable', `${what}: ${why}`, 0, { cause: error });
    });
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    if (status === 401 && request.again !== true) {
      // The token may have run out since it was taken.
      answer.resume();
      this.connection.refused();
      return await this.send({ ...request, again: true }, what, signal);
    }
    throw refusal(what, status, await readAll(answer));
  }
}

interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly type?: string;
  /** With credentials taken anew. */
  readonly again?: boolean;
  /** It is read for as long as it goes on. */
  readonly lasts?: boolean;
}

function dryRunOf(mode: Mode): 'All' | undefined {
  return mode === 'try' ? 'All' : undefined;
}

/** The path of an object or, without a name, of a collection. */
export function pathOf(
  { kind, namespace, name }: Omit<KubeRef, 'name'> & { name?: string },
  query: Query = {},
): string {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const own = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  const set: [string, string][] = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)]],
  );
  const text = new URLSearchParams(set).toString();
  return `${base}${within}/${kind.resource}${own}${text === '' ? '' : `?${text}`}`;
}

/**
 * A kept connection may have been closed by the other side just now; then the request never arrived, and goes again.
 */
function answerOf(
  protocol: string,
  body: string | undefined,
  options: RequestOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing = send(options, resolve);
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.reusedSocket && error.code === 'ECONNRESET')
        resolve(answerOf(protocol, body, { ...options, agent: false }));
      else reject(error);
    });
    outgoing.end(body);
  });
}

function readAll(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
    answer.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    answer.once('error', reject);
    answer.once('close', () => reject(new Error('the answer broke off')));
  });
}
