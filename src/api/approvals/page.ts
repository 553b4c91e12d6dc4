/** The pages behind an approval link: plain HTML that works without script, with everything that is approved. */
import { escaped } from '../../backtest/picture.ts';
import type { RolloutStatus } from '../../domain/rollout/status.ts';
import type { ApprovalTicket } from '../../providers/approval-links.ts';
import { at } from '../../report/words.ts';
import { policyWithStyle } from '../web/answer-headers.ts';
import { questionText } from './question.ts';

const style =
  'html{color-scheme:light dark}' +
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere;color:CanvasText;background:Canvas}' +
  'table{border-collapse:collapse;margin:1rem 0;width:100%}caption{text-align:left;font-weight:600}' +
  'th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #767676}' +
  // What others wrote may be one long word, which breaks anywhere; our own words do not.
  'thead th,.facts th{overflow-wrap:normal}tbody th{min-width:6rem}@media(max-width:30rem){.facts th{width:1%}}' +
  'textarea{display:block;width:100%;box-sizing:border-box;font:inherit}' +
  'button{font:inherit;padding:.5rem 1.25rem;margin:1rem 1rem 0 0;border:2px solid CanvasText;background:Canvas;color:CanvasText}';

/** Nothing is loaded, nothing runs, and the link is told to nobody; the rest is as for every answer. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policyWithStyle(style, "'self'"),
  // Browsers say where a form comes from only if the address may be told to the same site.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex',
};

export function questionPage(ticket: ApprovalTicket, status: RolloutStatus): string {
  const { service, environment, version, author, timeline } = status;
  const question = questionText(ticket.about, status);
  const rows: [string, string][] = [
    ['Service', service],
    ['Version', version],
    ['Environment', environment],
    ['Started by', author ?? 'not known'],
    ['Why', timeline[0]?.text ?? 'not known'],
    ['You answer as', ticket.actor],
    ['The link is good until', at(ticket.untilMs)],
  ];
  return page(question, [
    table('What is asked', ['', ''], rows, true),
    table('Stages', ['Stage', 'Share', 'State'], stageRows(status)),
    gateTable(status),
    '<form method="post">',
    '<label for="reason">Reason (kept in the story of the rollout)</label>',
    '<textarea id="reason" name="reason" rows="3" maxlength="500"></textarea>',
    '<button name="answer" value="approve">Approve</button>',
    '<button name="answer" value="reject">Reject</button>',
    '</form>',
  ]);
}

export function messagePage(title: string, text: string): string {
  return page(title, [`<p>${escaped(text)}</p>`]);
}

function stageRows({ stages, reports }: RolloutStatus): [string, string, string][] {
  return stages.map(({ name, weightPercent }, index) => {
    const report = reports[index];
    const state = report === undefined ? 'to come' : (report.ending ?? 'under way');
    return [name, `${weightPercent} %`, state];
  });
}

function gateTable({ gates = [] }: RolloutStatus): string {
  if (gates.length === 0) return '<p>No gate has answered yet.</p>';
  const rows = gates.map(({ name, answer, reason }): [string, string, string] => [name, answer, reason]);
  return table('What the gates have answered', ['Gate', 'Answer', 'Reason'], rows);
}

function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  plain = false,
): string {
  const heads = head.map((text) => `<th scope="col">${escaped(text)}</th>`).join('');
  const body = rows.map(([first = '', ...rest]) => {
    const cells = rest.map((text) => `<td>${escaped(text)}</td>`).join('');
    return `<tr><th scope="row">${escaped(first)}</th>${cells}</tr>`;
  });
  const top = plain ? '' : `<thead><tr>${heads}</tr></thead>`;
  return `<table${plain ? ' class="facts"' : ''}><caption>${escaped(caption)}</caption>${top}<tbody>${body.join('')}</tbody></table>`;
}

function page(title: string, parts: readonly string[]): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title><style>${style}</style></head>`,
    `<body><main><h1>${escaped(title)}</h1>${parts.join('\n')}</main></body></html>`,
  ].join('\n');
}
