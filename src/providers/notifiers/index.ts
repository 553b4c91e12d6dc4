/** The registry of notifier types: a new one is one file and one line here. */
import { alertmanagerNotifier } from './alertmanager.ts';
import { email } from './email.ts';
import { github } from './github.ts';
import { memory } from './memory.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { slackWebhook } from './slack-webhook.ts';
import { syslog } from './syslog.ts';
import { teams } from './teams.ts';
import type { NotifierType } from './types.ts';
import { webhook } from './webhook.ts';

export const notifierTypes: readonly NotifierType[] = [
  slack,
  slackWebhook,
  email,
  webhook,
  github,
  pagerduty,
  alertmanagerNotifier,
  teams,
  syslog,
  memory,
];
