/** PagerDuty's Events API v2: one alert for each rollout in trouble; triggered, acknowledged, resolved. */
import { z } from 'zod';
import type { Notice } from '../../domain/notify/types.ts';
import { sentenceOf } from '../../domain/notify/words.ts';
import { secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { httpAddress, post, secretOf } from './posting.ts';
import { clip, standingOf } from './text.ts';
import type { Notifier, NotifierMessage, NotifierType } from './types.ts';

const settings = z.strictObject({
  routingKey: secretSource.describe('Where to read the integration key of the service.'),
  url: httpAddress.default('https://events.pagerduty.com').describe('Address of the Events API.'),
});

export const pagerduty: NotifierType = {
  type: 'pagerduty',
  summary: 'PagerDuty: triggers, acknowledges and resolves one alert for each rollout in trouble.',
  options: z.strictObject({}),
  settings,
  create: (given) => createPagerduty(readSettings('pagerduty', settings, given)),
};

const who = 'PagerDuty';
/** More is refused. */
const longestSummary = 1_024;

function createPagerduty({ routingKey, url }: z.output<typeof settings>): Notifier {
  return {
    async tell(message, signal) {
      for (const notice of message.notices) {
        const action = actionOf(notice);
        if (action === null) continue;
        const routing_key = await secretOf(who, routingKey);
        const dedup_key = `sluice/${message.subject.target}/${message.subject.runId}`;
        const event =
          action === 'trigger'
            ? { routing_key, event_action: action, dedup_key, ...alertOf(message, notice) }
            : { routing_key, event_action: action, dedup_key };
        await post({ url: `${url.replace(/\/$/, '')}/v2/enqueue`, who, body: JSON.stringify(event) }, signal);
      }
      return null;
    },
    async close() {},
  };
}

/** Null: it pages nobody. */
function actionOf({ event, trouble }: Notice): 'trigger' | 'acknowledge' | 'resolve' | null {
  if (event === 'trouble.acknowledged') return 'acknowledge';
  if (trouble === 'resolved') return 'resolve';
  return trouble === 'opened' || event === 'rollout.lost' ? 'trigger' : null;
}

function alertOf(message: NotifierMessage, notice: Notice): object {
  const { subject, link } = message;
  const { severity, atMs, key, event, actor } = notice;
  return {
    payload: {
      summary: clip(`${subject.target} ${subject.version}: ${sentenceOf(notice)}`, longestSummary),
      source: subject.target,
      severity,
      timestamp: new Date(atMs).toISOString(),
      component: subject.service,
      group: subject.environment,
      class: event,
      custom_details: {
        key,
        standing: standingOf(message),
        author: subject.author,
        actor,
        run: subject.runId,
      },
    },
    client: 'Sluice',
    ...(link === null ? {} : { client_url: link, links: [{ href: link, text: 'the rollout' }] }),
  };
}
