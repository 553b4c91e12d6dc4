/** Alertmanager's API v2: an alert for each rollout in trouble, which ends when the trouble does. */
import { z } from 'zod';
import type { Notice, Severity, Thread } from '../../domain/notify/types.ts';
import { readHeader, secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { httpAddress, post } from './posting.ts';
import { clip } from './text.ts';
import type { Notifier, NotifierMessage, NotifierType } from './types.ts';

const settings = z.strictObject({
  url: httpAddress.describe('Address of the Alertmanager.'),
  authorization: secretSource.optional().describe('Where to read the value of the Authorization header.'),
  labels: z
    .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be the name of a label'), z.string().max(200))
    .default({})
    .describe('Added to each alert, such as team.'),
});

export const alertmanagerNotifier: NotifierType = {
  type: 'alertmanager',
  summary: 'Alertmanager: one alert for each rollout in trouble, resolved with it.',
  options: z.strictObject({}),
  settings,
  create: (given) => createAlertmanager(readSettings('alertmanager', settings, given)),
};

/** Without an end of its own an alert would be over after Alertmanager's `resolve_timeout`. */
const openForMs = 7 * 86_400_000;

function createAlertmanager({ url, authorization, labels }: z.output<typeof settings>): Notifier {
  const who = `Alertmanager at ${new URL(url).host}`;
  const send = async (alerts: readonly object[], signal: AbortSignal) => {
    const headers =
      authorization === undefined
        ? {}
        : { authorization: await readHeader('Authorization', authorization, 'notify-failed') };
    const body = JSON.stringify(alerts);
    await post({ url: `${url.replace(/\/$/, '')}/api/v2/alerts`, who, headers, body }, signal);
  };
  return {
    async tell(message, signal) {
      let thread = message.thread ?? {};
      for (const notice of message.notices) {
        const { alerts, after } = change(thread, message, notice, labels);
        if (alerts.length > 0) await send(alerts, signal);
        thread = after;
        message.keep(thread);
      }
      return thread;
    },
    async close() {},
  };
}

/** Of the alerts that are open, by severity, the thread knows when they began: both are part of what they are. */
function change(
  open: Thread,
  message: NotifierMessage,
  notice: Notice,
  labels: Readonly<Record<string, string>>,
): { alerts: readonly object[]; after: Thread } {
  const { severity, trouble, event, atMs } = notice;
  const ended = Object.entries(open)
    .filter(([one]) => trouble === 'resolved' || (trouble === 'opened' && one !== severity))
    .map(([one, startsAt]) => alertOf(message, notice, { severity: one, startsAt, endsAtMs: atMs }, labels));
  if (trouble === 'resolved') return { alerts: ended, after: {} };
  if (trouble !== 'opened' && event !== 'rollout.lost') return { alerts: [], after: open };
  const startsAt = open[severity] ?? new Date(atMs).toISOString();
  const begun = alertOf(message, notice, { severity, startsAt, endsAtMs: atMs + openForMs }, labels);
  return { alerts: [...ended, begun], after: { [severity]: startsAt } };
}

function alertOf(
  { subject, link }: NotifierMessage,
  { title, text }: Notice,
  { severity, startsAt, endsAtMs }: { severity: Severity | string; startsAt: string; endsAtMs: number },
  labels: Readonly<Record<string, string>>,
): object {
  const { environment, service, version, runId } = subject;
  return {
    labels: { ...labels, alertname: 'SluiceRollout', severity, environment, service, version, run: runId },
    annotations: { summary: `${subject.target} ${version}: ${title}`, description: clip(text) },
    startsAt,
    endsAt: new Date(endsAtMs).toISOString(),
    ...(link === null ? {} : { generatorURL: link }),
  };
}
