/** Microsoft Teams by a webhook of Workflows: an Adaptive Card for each notice or group. Its address is the secret. */
import { z } from 'zod';
import { secretSource } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { addressOf, post } from './posting.ts';
import { gravestOf, lineOf, standingOf, subjectLine } from './text.ts';
import type { Notifier, NotifierMessage, NotifierType } from './types.ts';

const settings = z.strictObject({
  url: secretSource.describe('Where to read the address of the workflow, which is a secret itself.'),
});

export const teams: NotifierType = {
  type: 'teams',
  summary: 'Microsoft Teams by a webhook of Workflows, an Adaptive Card for each notice.',
  options: z.strictObject({}),
  settings,
  create: (given) => createTeams(readSettings('teams', settings, given)),
};

function createTeams({ url }: z.output<typeof settings>): Notifier {
  const who = 'Teams';
  return {
    async tell(message, signal) {
      await post({ url: await addressOf(who, url), who, body: JSON.stringify(cardOf(message)) }, signal);
      return null;
    },
    async close() {},
  };
}

const colors = { critical: 'Attention', warning: 'Warning', info: 'Default' } as const;

function cardOf(message: NotifierMessage): object {
  const { subject, notices, link } = message;
  const block = (text: string, more: object = {}) => ({
    type: 'TextBlock',
    wrap: true,
    text: escaped(text),
    ...more,
  });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block(subjectLine(message), { weight: 'Bolder', size: 'Medium', color: colors[gravestOf(notices)] }),
      ...notices.map((notice) => block(lineOf(notice))),
      {
        type: 'FactSet',
        facts: [
          { title: 'Stands', value: escaped(standingOf(message)) },
          { title: 'Started by', value: escaped(subject.author === '' ? 'somebody' : subject.author) },
        ],
      },
    ],
    ...(link === null ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open', url: link }] }),
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

/** Cards read a little Markdown; what others wrote is text. */
function escaped(text: string): string {
  return text.replaceAll(/[\\*_[\]()`~<>]/g, '\\$&');
}
