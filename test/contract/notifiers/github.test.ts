import { describe, expect, it } from 'vitest';
import { github } from '../../../src/providers/notifiers/github.ts';
import { messageFixture, noticeFixture, subjectFixture, told } from '../../support/notices.ts';
import { type Received, receiver } from './receiver.ts';
import { notifierContract, patientMs } from './suite.ts';

process.env.TEST_GH_TOKEN = 'ghp_s3cret';
const token = { env: 'TEST_GH_TOKEN' };
const soon = () => AbortSignal.timeout(patientMs);

/** GitHub's API as far as Sluice speaks it, with the deployments that were made. */
async function forge() {
  const made: { id: number; payload: unknown }[] = [];
  const server = await receiver(({ method, path, body, headers }) => {
    if (headers.authorization !== 'Bearer ghp_s3cret') return { status: 401 };
    if (method === 'GET') return { status: 200, body: made };
    if (!path.endsWith('/deployments')) return { status: 201, body: { id: 7, number: 42 } };
    const { payload } = JSON.parse(body) as { payload: unknown };
    made.push({ id: 100 + made.length, payload });
    return { status: 201, body: made.at(-1) };
  });
  return { ...server, made };
}

const isStatus = ({ path }: Received) => path.endsWith('/statuses');

notifierContract(github, async () => {
  const server = await forge();
  return {
    notifier: github.create({ token, url: server.url }),
    taken: async () =>
      server
        .take()
        .filter(isStatus)
        .map(({ path, body }) => `${path} shop ${body}`),
    behave: server.behave,
    secrets: ['ghp_s3cret'],
    close: server.close,
  };
});

describe('github', () => {
  it('keeps one deployment in step with the rollout, and finds it again when its answer was lost', async () => {
    const server = await forge();
    const notifier = github.create({ token, url: server.url });
    const story = [
      noticeFixture('rollout.started'),
      noticeFixture('stage.begun'),
      noticeFixture('rollback.begun', { trouble: 'opened' }),
      noticeFixture('rollout.ended', {
        progress: { ...noticeFixture('rollout.ended').progress, outcome: 'rolled-back' },
      }),
    ];
    // Each is told as if nothing was kept of the one before.
    for (const notice of story) await notifier.tell(told(messageFixture(notice)), soon());
    expect(server.made).toHaveLength(1);
    const statuses = server.received
      .filter(isStatus)
      .map(({ path, body }) => ({ path, ...(JSON.parse(body) as object) }));
    expect(statuses).toMatchObject(
      ['queued', 'in_progress', 'in_progress', 'failure'].map((state) => ({
        path: '/repos/acme/shop/deployments/100/statuses',
        state,
      })),
    );
    await server.close();
  });

  it('comments on the commit and opens one issue, in which nobody is mentioned by a reason', async () => {
    const server = await forge();
    const notifier = github.create({
      token,
      url: server.url,
      comment: true,
      issues: true,
      labels: ['rollback'],
    });
    const late = noticeFixture('restore.late', { trouble: 'opened', severity: 'critical' });
    const ended = noticeFixture('rollout.ended', {
      text: '@everyone fixes #1',
      progress: { ...late.progress, outcome: 'rolled-back' },
    });
    const thread = await notifier.tell(told(messageFixture(late)), soon());
    await notifier.tell(told({ ...messageFixture(ended), thread }), soon());
    const paths = server.received.filter(({ method }) => method === 'POST').map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith('/issues'))).toHaveLength(1);
    expect(paths.filter((path) => path.endsWith('/comments'))).toHaveLength(1);
    expect(thread).toMatchObject({ deployment: '100', issue: '42' });
    await server.close();
  });

  it('says what is missing when the plan names no commit', async () => {
    const notifier = github.create({ token });
    const message = {
      ...messageFixture(noticeFixture('rollout.started')),
      subject: subjectFixture({ artifact: {} }),
    };
    await expect(notifier.tell(told(message), soon())).rejects.toMatchObject({
      code: 'notify-refused',
      message: expect.stringContaining('artifact.repository'),
    });
  });
});
