/** Asks every operation so that it must be refused as its document says: forged by another page, and in too great haste. */
import { z } from 'zod';
import { problemMediaType, problemSchema } from '../../src/api/contract.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';

const requirements = z.array(z.record(z.string(), z.unknown()));
const described = z.object({
  operationId: z.string(),
  security: requirements.optional(),
  responses: z.record(
    z.string(),
    z.object({
      content: z
        .record(z.string(), z.object({ examples: z.record(z.string(), z.unknown()).optional() }))
        .default({}),
    }),
  ),
});
const documentSchema = z.object({
  security: requirements,
  paths: z.record(z.string(), z.record(z.string(), described)),
});

interface Asked extends z.infer<typeof described> {
  readonly method: string;
  readonly path: string;
  /** Whether a browser's session is enough. */
  readonly takesSession: boolean;
}

/** Of parameters of paths that are not free. */
const parameters: Readonly<Record<string, string>> = {
  environment: 'demo',
  service: 'shop',
  command: 'pause',
};
/** Budgets that an operator may set as low as that. */
const bounded = /^"(?:reads|writes|starts)"/;
/** What may come at once of the kind that has most, at the lowest limits, and one more. */
const mostTries = 6;

/** Of a session, without the header that a page of the API itself sends. Gives what was not refused so, in lines. */
export async function askForged(url: string, token: string): Promise<readonly string[]> {
  const ofPage = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const login = await fetch(`${url}/auth/token`, {
    method: 'POST',
    headers: ofPage,
    body: JSON.stringify({ token }),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const forgeable = (await operationsOf(url)).filter((one) => one.method === 'post' && one.takesSession);
  const lines = await each(forgeable, async (one) => {
    const answer = await ask(url, one, { ...ofPage, cookie });
    return await differenceOf(one, answer, 'csrf-refused');
  });
  return forgeable.length === 0 ? ['no operation takes a session'] : lines;
}

/** At an API whose limits are the lowest. Gives what was not refused so, in lines. */
export async function askInHaste(url: string, token: string): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  let limited = 0;
  const lines = await each(await operationsOf(url), async (one) => {
    for (let tries = 1; ; tries++) {
      const answer = await ask(url, one, headers);
      if (!bounded.test(answer.headers.get('ratelimit-policy') ?? '')) return null;
      if (answer.status !== 429 && tries < mostTries) continue;
      limited += 1;
      if (!answer.headers.has('retry-after')) return `${one.operationId} does not say when to come again`;
      return await differenceOf(one, answer, 'rate-limited');
    }
  });
  return limited === 0 ? ['no operation has a limit'] : lines;
}

async function operationsOf(url: string): Promise<readonly Asked[]> {
  const answer = await fetch(`${url}/openapi.json`);
  const { security, paths } = documentSchema.parse(await answer.json());
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => {
      const takesSession = (one.security ?? security).some((way) => 'session' in way);
      return { ...one, method, path, takesSession };
    }),
  );
}

/** One after the other; those that are null are none. */
async function each(
  operations: readonly Asked[],
  look: (one: Asked) => Promise<string | null>,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const one of operations) lines.push(...[await look(one)].filter((line) => line !== null));
  return lines;
}

/** The answer without a body that is a stream. */
async function ask(url: string, { method, path }: Asked, headers: Record<string, string>): Promise<Response> {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? 'x');
  const body = method === 'post' ? '{}' : null;
  const answer = await fetch(`${url}${place}`, { method: method.toUpperCase(), headers, body });
  if (answer.ok) await answer.body?.cancel();
  return answer;
}

async function differenceOf(
  { operationId, responses }: Asked,
  answer: Response,
  code: ErrorCode,
): Promise<string | null> {
  const documented = responses[answer.status]?.content[problemMediaType]?.examples ?? {};
  const type = answer.headers.get('content-type') ?? '';
  const text = answer.bodyUsed ? '' : await answer.text();
  const problem = type.startsWith(problemMediaType) ? problemSchema.safeParse(JSON.parse(text)) : null;
  if (problem?.data?.code === code && problem.data.status === answer.status && code in documented)
    return null;
  return `${operationId} was not refused as ${code}, as documented: ${answer.status} ${text}`;
}
