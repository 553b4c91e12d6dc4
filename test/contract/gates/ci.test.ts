import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ciGate } from '../../../src/providers/gates/ci.ts';
import { endable, listening } from '../health/servers.ts';
import { gateContract, patientMs, questionFixture } from './suite.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const artifact = { repository: 'acme/shop', commit };

interface Run {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
}
const run = (name: string, conclusion: string | null = 'success'): Run => ({
  name,
  status: conclusion === null ? 'in_progress' : 'completed',
  conclusion,
});

/** GitHub's two answers about a commit, page by page, as its API documents them. */
async function forge() {
  let runs: readonly Run[] = [];
  let statuses: readonly { context: string; state: string }[] = [];
  let broken: { status: number; headers: Record<string, string> } | null = null;
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    if (broken !== null) {
      response.writeHead(broken.status, broken.headers).end('{}');
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://any');
    const [size, page] = [Number(searchParams.get('per_page')), Number(searchParams.get('page'))];
    const part = <T>(all: readonly T[]) => all.slice((page - 1) * size, page * size);
    const base = `/repos/acme/shop/commits/${commit}`;
    const answers: Record<string, object> = {
      [`${base}/check-runs`]: { total_count: runs.length, check_runs: part(runs) },
      [`${base}/status`]: { state: 'pending', total_count: statuses.length, statuses: part(statuses) },
    };
    const answer = answers[pathname];
    response
      .writeHead(answer === undefined ? 404 : 200)
      .end(JSON.stringify(answer ?? { message: 'Not Found' }));
  });
  const end = endable(server);
  return {
    url: `http://${await listening(server)}`,
    tokens,
    say:
      (nextRuns: readonly Run[], nextStatuses: typeof statuses = []) =>
      () => {
        [runs, statuses, broken] = [nextRuns, nextStatuses, null];
      },
    fail:
      (status: number, headers: Record<string, string> = {}) =>
      () => {
        broken = { status, headers };
      },
    end,
  };
}

gateContract(ciGate, async () => {
  const { url, say, fail, end } = await forge();
  const question = { artifact };
  const many = Array.from({ length: 250 }, (_, at) => run(`unit-${at}`));
  process.env.CI_TOKEN = 'ghp_s3cret';
  return {
    gate: ciGate.create({ url, token: { env: 'CI_TOKEN' } }),
    secrets: ['ghp_s3cret'],
    open: [
      {
        name: 'all passed',
        question,
        arrange: say([run('build'), run('lint', 'skipped')], [{ context: 'legacy', state: 'success' }]),
      },
      {
        name: 'those that count',
        question,
        options: { checks: ['build'] },
        arrange: say([run('build'), run('flaky', 'failure')]),
      },
      { name: 'more than fit on a page', question, options: { checks: ['unit-*'] }, arrange: say(many) },
    ],
    closed: [
      {
        name: 'one on the last page failed',
        question,
        arrange: say([...many, run('e2e', 'failure')]),
        answer: 'refuse',
        says: /e2e ended with failure; mend it/,
      },
      {
        name: 'a status of the older kind failed',
        question,
        arrange: say([run('build')], [{ context: 'scan', state: 'error' }]),
        answer: 'refuse',
        says: /scan is error/,
      },
      {
        name: 'one still runs',
        question,
        arrange: say([run('build', null)]),
        answer: 'hold',
        says: /build is in_progress; wait/,
      },
      {
        name: 'one that counts has not begun',
        question,
        options: { checks: ['build', 'scan*'] },
        arrange: say([run('build')]),
        answer: 'hold',
        says: /scan\* has not reported yet/,
      },
      { name: 'no commit in the plan', answer: 'refuse', says: /artifact\.repository and artifact\.commit/ },
    ],
    missing: [
      { name: 'no check at all', question, arrange: say([]) },
      { name: 'another commit', question: { artifact: { ...artifact, commit: 'f'.repeat(40) } } },
      { name: 'credentials refused', question, arrange: fail(401) },
      { name: 'a forge that fails', question, arrange: fail(502) },
    ],
    close: end,
  };
});

describe('a forge that wants to be left alone', () => {
  it('is named with the time from which it may be asked again', async () => {
    const { url, fail, end } = await forge();
    fail(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1900000000' })();
    const gate = ciGate.create({ url });
    const verdict = await gate.evaluate(
      questionFixture({ artifact, options: {} }),
      AbortSignal.timeout(patientMs),
    );
    expect(verdict).toMatchObject({ answer: 'hold', reason: expect.stringContaining('2030-03-17T17:46:40') });
    await end();
  });
});
