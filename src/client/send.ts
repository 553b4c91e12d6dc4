/** Sends one request: puts its parts where the route has them, bounds the wait, and turns refusals into errors. */
import { ApiError, refusalOf, strange, unreachable } from './api-error.ts';
import { changesOf } from './own-changes.ts';
import { routes } from './routes.ts';
import type { CallOptions, OperationName, RequestOf } from './types.ts';

export interface ClientSettings {
  /** Without a slash at the end; empty: where the page came from. */
  readonly baseUrl: string;
  /** For every request, such as `authorization`. */
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
  /** Carries each call out, and may do so once more. Default: once. */
  readonly carry?: <T>(call: () => Promise<T>) => Promise<T>;
}

/** Longer than the API may wait for a rollout that is being superseded. */
const answerWithinMs = 60_000;

/** The parts of a request that any operation may have. */
type Parts = Readonly<Record<string, unknown>>;

/** Throws `ApiError`, and the signal's own reason when the caller gave up. The body is not read yet. */
export async function send<N extends OperationName>(
  settings: ClientSettings,
  name: N,
  request: RequestOf<N>,
  options: CallOptions,
): Promise<Response> {
  const { url, method, body } = placed(routes[name], request);
  const { idempotencyKey, signal } = options;
  const changes = changesOf(settings);
  const init: RequestInit = {
    method,
    // Browsers and programs alike say so as `max-age=0`; a header of ours would need the leave of another origin.
    ...(method === 'GET' && changes.isRecent ? { cache: 'no-cache' } : {}),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...settings.headers?.(),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
  const ask = settings.fetch ?? fetch;
  const asking = reach(signal, () => ask(`${settings.baseUrl}${url}`, init));
  const response = await (method === 'GET' ? asking : asking.finally(() => changes.took()));
  if (!response.ok && !isReadiness(name, response)) throw await refusalOf(response);
  return response;
}

/** What is not ready says so by its status as well as in words. */
function isReadiness(name: OperationName, { headers }: Response): boolean {
  return name === 'getReadiness' && headers.get('content-type')?.startsWith('application/json') === true;
}

/** As `send`, and reads the answer, all within the time. */
export async function sendAndRead<N extends OperationName>(
  settings: ClientSettings,
  name: N,
  request: RequestOf<N>,
  options: CallOptions,
): Promise<{ readonly response: Response; readonly value: unknown }> {
  const late = AbortSignal.timeout(options.withinMs ?? answerWithinMs);
  const signal = options.signal === undefined ? late : AbortSignal.any([options.signal, late]);
  const { carry = (call) => call() } = settings;
  try {
    return await carry(async () => {
      const response = await send(settings, name, request, { ...options, signal });
      return { response, value: await reach(signal, () => read(response)) };
    });
  } catch (error) {
    if (late.aborted && !options.signal?.aborted) throw unreachable('it gave no answer in time', error);
    throw error;
  }
}

export function urlOf<N extends OperationName>(
  { baseUrl }: ClientSettings,
  name: N,
  request: RequestOf<N>,
): string {
  return `${baseUrl}${placed(routes[name], request).url}`;
}

async function read(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/')) return await response.text();
  if (!type.includes('json')) return await response.arrayBuffer();
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw strange('no JSON', response.status);
  }
}

export async function reach<T>(signal: AbortSignal | undefined, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof ApiError) throw error;
    throw unreachable(whyOf(error), error);
  }
}

/** `fetch` says what happened in the cause, which may have a code and no message. */
function whyOf(error: unknown): string {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  const said = cause instanceof Error ? cause.message : String(cause);
  return said || (cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given');
}

function placed(route: string, request: Parts): { url: string; method: string; body: unknown } {
  const [method = 'GET', pattern = '/'] = route.split(' ');
  const { body, ...rest } = request;
  const query = new URLSearchParams();
  const names = new Set(pattern.match(/(?<=:)\w+/g));
  for (const [key, value] of Object.entries(rest)) {
    if (!names.has(key) && value !== undefined) query.set(key, String(value));
  }
  const path = pattern.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(rest[key])));
  const tail = query.size === 0 ? '' : `?${query}`;
  return { url: `${path}${tail}`, method, body };
}
