/**
 * GitHub: a deployment for each rollout, kept in step; at the end a comment on the commit, and an issue for a rollback.
 */
import { z } from 'zod';
import type { Notice, Thread } from '../../domain/notify/types.ts';
import { sentenceOf } from '../../domain/notify/words.ts';
import { parsedJson } from '../../domain/parsed-json.ts';
import { secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { deploymentStateOf, issueOf, issueWanted } from './github-words.ts';
import { get, httpAddress, parsed, post, refused, secretOf } from './posting.ts';
import { bodyOf, clip } from './text.ts';
import type { Notifier, NotifierMessage, NotifierType } from './types.ts';

const settings = z.strictObject({
  token: secretSource.describe(
    'Where to read a token that may write deployments, and issues and contents where wanted.',
  ),
  url: httpAddress.default('https://api.github.com').describe("Address of the forge's API."),
  comment: z.boolean().default(false).describe('Whether the end is told in a comment on the commit.'),
  issues: z
    .boolean()
    .default(false)
    .describe('Whether a rollback, or trouble that is critical, opens an issue.'),
  labels: z.array(z.string().min(1).max(50)).max(20).default([]).describe('Labels of such an issue.'),
});

export const github: NotifierType = {
  type: 'github',
  summary: 'GitHub deployments kept in step, a commit comment and an issue.',
  options: z.strictObject({}),
  settings,
  create: (given) => createGithub(readSettings('github', settings, given)),
};

const who = 'GitHub';
/** GitHub cuts off what is longer. */
const longestDescription = 140;
const numbered = z.object({ id: z.number() });
const deployments = z.array(z.object({ id: z.number(), payload: z.unknown() }));

function createGithub(given: z.output<typeof settings>): Notifier {
  const { token, url, comment, issues, labels } = given;
  const headers = async () => ({
    authorization: `Bearer ${await secretOf(who, token)}`,
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': 'sluice',
  });
  const within = (repository: string, path: string) =>
    `${url.replace(/\/$/, '')}/repos/${repository}/${path}`;

  /** One for each rollout: a call whose answer was lost has perhaps made it. */
  async function deploymentFor(message: NotifierMessage, { repository, commit }: Place, signal: AbortSignal) {
    const { environment, target, version, runId } = message.subject;
    const query = new URLSearchParams({ sha: commit, environment, task: 'deploy' });
    const listed = await get(
      { url: within(repository, `deployments?${query}`), who, headers: await headers() },
      signal,
    );
    const known = parsed(who, listed, deployments).find(({ payload }) => runIn(payload) === runId);
    if (known !== undefined) return known.id;
    const body = JSON.stringify({
      ref: commit,
      task: 'deploy',
      environment,
      auto_merge: false,
      required_contexts: [],
      payload: { sluice: runId },
      description: clip(`${target} ${version}`, longestDescription),
    });
    const made = await post(
      { url: within(repository, 'deployments'), who, headers: await headers(), body },
      signal,
    );
    return parsed(who, made, numbered).id;
  }

  async function tellOne(
    message: NotifierMessage,
    notice: Notice,
    place: Place,
    thread: Thread,
    signal: AbortSignal,
  ) {
    const { repository, commit } = place;
    const send = async (path: string, body: object) =>
      await post(
        { url: within(repository, path), who, headers: await headers(), body: JSON.stringify(body) },
        signal,
      );
    const state = deploymentStateOf(notice);
    if (state !== null) {
      const description = clip(sentenceOf(notice), longestDescription);
      const log = message.link === null ? {} : { log_url: message.link };
      await send(`deployments/${thread.deployment}/statuses`, {
        state,
        description,
        auto_inactive: true,
        ...log,
      });
    }
    if (comment && notice.event === 'rollout.ended') {
      await send(`commits/${commit}/comments`, { body: bodyOf({ ...message, notices: [notice] }) });
    }
    if (!issues || thread.issue !== undefined || !issueWanted(notice)) return thread;
    const issue = await send('issues', { ...issueOf(message, notice), labels });
    return { ...thread, issue: String(parsed(who, issue, z.object({ number: z.number() })).number) };
  }

  return {
    async tell(message, signal) {
      const place = placeOf(message);
      let thread = message.thread ?? {};
      if (thread.deployment === undefined) {
        thread = { ...thread, deployment: String(await deploymentFor(message, place, signal)) };
        message.keep(thread);
      }
      for (const notice of message.notices) {
        thread = await tellOne(message, notice, place, thread, signal);
        message.keep(thread);
      }
      return thread;
    },
    async close() {},
  };
}

interface Place {
  readonly repository: string;
  readonly commit: string;
}

function placeOf({ subject: { artifact } }: NotifierMessage): Place {
  const { repository, commit } = artifact;
  if (repository !== undefined && commit !== undefined) return { repository, commit };
  throw refused(who, 'the plan names no artifact.repository and artifact.commit');
}

/** GitHub gives a payload back as it was sent, or as a text. */
function runIn(payload: unknown): unknown {
  if (typeof payload === 'string') return runIn(parsedJson(payload));
  return typeof payload === 'object' && payload !== null && 'sluice' in payload ? payload.sluice : null;
}
