/** Opens if the commit's checks and statuses on GitHub have all passed. */
import { z } from 'zod';
import { type CiCheck, judgeCi } from '../../domain/gates/ci.ts';
import { OutgoingError, outgoing } from '../outgoing.ts';
import { placeOf, readSecret, secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import type { Gate, GateType } from './types.ts';

const maxBytes = 8 * 1024 * 1024;
const perPage = 100;
/** More checks than these are not read, and never pass for read. */
const maxPages = 10;

const options = z.strictObject({
  checks: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Names of checks or statuses that must have passed; `*` at the end means all that begin so. Default: all that there are.',
    ),
});

const settings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .default('https://api.github.com')
    .describe("Address of the forge's API."),
  token: secretSource.optional().describe('Where to read a token that may read checks and statuses.'),
});

export const ciGate: GateType = {
  type: 'ci',
  summary: 'Checks and statuses of the commit on GitHub, all passed.',
  options,
  settings,
  intervalMs: 20_000,
  timeoutMs: 60 * 60_000,
  create: (given) => createCi(readSettings('ci', settings, given)),
};

class Unanswered extends Error {}

function createCi({ url, token }: z.output<typeof settings>): Gate {
  return {
    async evaluate(question, signal) {
      const { checks: required = null } = options.parse(question.options);
      const { repository, commit } = question.artifact;
      if (repository === undefined || commit === undefined) {
        const reason = 'the plan must name artifact.repository and artifact.commit; add them and start again';
        return { answer: 'refuse', reason };
      }
      const headers = await headersWith(token);
      if ('problem' in headers) return { answer: 'hold', reason: headers.problem };
      const base = `${url.replace(/\/$/, '')}/repos/${repository}/commits/${commit}`;
      const ask = (path: string) => askFor(`${base}/${path}`, headers, signal);
      try {
        const found = [...(await checkRuns(ask)), ...(await statuses(ask))];
        const facts = { repository, commit, checks: found.slice(0, 30) };
        return { ...judgeCi(found, required), facts };
      } catch (error) {
        if (!(error instanceof Unanswered || error instanceof OutgoingError)) throw error;
        return { answer: 'hold', reason: error.message };
      }
    },
    async close() {},
  };
}

type Ask = (path: string) => Promise<unknown>;

const run = z.object({
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
});
const runsPage = z.object({ total_count: z.number(), check_runs: z.array(run) });
const passing = ['success', 'neutral', 'skipped'];

async function checkRuns(ask: Ask): Promise<CiCheck[]> {
  return await pages(ask, 'check-runs', runsPage, ({ total_count: total, check_runs: runs }) => ({
    total,
    items: runs.map(({ name, status, conclusion }): CiCheck => {
      if (status !== 'completed') return { name, state: 'pending', said: `is ${status}` };
      const state = passing.includes(conclusion ?? '') ? 'passed' : 'failed';
      return { name, state, said: `ended with ${conclusion ?? 'nothing'}` };
    }),
  }));
}

const statusPage = z.object({
  total_count: z.number(),
  statuses: z.array(z.object({ context: z.string(), state: z.string() })),
});
const states: Readonly<Record<string, CiCheck['state']>> = { success: 'passed', pending: 'pending' };

async function statuses(ask: Ask): Promise<CiCheck[]> {
  return await pages(ask, 'status', statusPage, ({ total_count: total, statuses: all }) => ({
    total,
    items: all.map(({ context, state }) => ({
      name: context,
      state: states[state] ?? 'failed',
      said: `is ${state}`,
    })),
  }));
}

async function pages<T>(
  ask: Ask,
  path: string,
  page: z.ZodType<T>,
  read: (value: T) => { total: number; items: CiCheck[] },
): Promise<CiCheck[]> {
  const all: CiCheck[] = [];
  for (let at = 1; at <= maxPages; at++) {
    const { data } = page.safeParse(await ask(`${path}?per_page=${perPage}&page=${at}`));
    if (data === undefined)
      throw new Unanswered(`the answer about ${path} is none of GitHub's; see the url of this gate`);
    const { total, items } = read(data);
    all.push(...items);
    if (all.length >= total || items.length === 0) {
      if (all.length < total)
        throw new Unanswered(`only ${all.length} of ${total} ${path} were told; asked again`);
      return all;
    }
  }
  throw new Unanswered(`there are more than ${maxPages * perPage} ${path}; name those that count in checks`);
}

async function askFor(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<unknown> {
  const { status, headers: told, text } = await outgoing(url, { headers, maxBytes }, signal);
  if (status === 200) return parsed(text);
  if (status === 404 || status === 422) {
    throw new Unanswered('the repository or the commit is not known, or the token may not see it; see both');
  }
  const reset = Number(told.get('x-ratelimit-reset'));
  if ((status === 403 || status === 429) && told.get('x-ratelimit-remaining') === '0' && reset > 0) {
    throw new Unanswered(`the limit of requests is used up until ${new Date(reset * 1000).toISOString()}`);
  }
  throw new Unanswered(`GitHub answered ${status}; see the token and the url of this gate`);
}

async function headersWith(
  token: z.output<typeof settings>['token'],
): Promise<Readonly<Record<string, string>> | { readonly problem: string }> {
  const plain = {
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': 'sluice',
  };
  if (token === undefined) return plain;
  const secret = await readSecret(token);
  return secret === null
    ? { problem: `${placeOf(token)} is missing or empty` }
    : { ...plain, authorization: `Bearer ${secret}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unanswered('the answer is no JSON; see the url of this gate');
  }
}
