/**
 * A page that shows a backtest: one file with its pictures inside, light or dark as the reader likes, asking for
 * nothing.
 */
import { formatDuration } from '../domain/duration.ts';
import { escaped, picture } from './picture.ts';
import { pageStyle } from './style.ts';
import type { Backtest, BacktestStage } from './types.ts';

export function backtestPage(found: Backtest): string {
  const { target, canary, stable, outcome, stages, notes } = found;
  const title = escaped(`Backtest of ${target}: ${canary} beside ${stable}`);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${title}</title><style>${pageStyle}</style></head><body>`,
    `<h1>${title}</h1>`,
    `<p><strong class="${outcome.kind}">${outcome.kind}</strong> after ${shownAfter(outcome.afterMs)}, at ${iso(outcome.atMs)}: ${escaped(outcome.reason)}</p>`,
    ...notes.map((note) => `<p class="s">${escaped(note)}</p>`),
    '<p class="s"><span class="kc">■ canary</span>, with the interval in which it surely lies; <span class="kt">■ stable</span>. Marks below: filled red a look that failed, filled green one that passed, a ring one without an answer.</p>',
    ...stages.map(stageSection),
    '</body></html>\n',
  ].join('\n');
}

function stageSection(stage: BacktestStage): string {
  const { name, weightPercent, fromMs, toMs, ending, looks, firstFailure, checks } = stage;
  const failed = firstFailure
    ? `<p class="fail">first failing look: ${escaped(firstFailure.check)} after ${shownAfter(firstFailure.atMs - fromMs)}, look ${firstFailure.looks}</p>`
    : '';
  return [
    `<section><h2>Stage ${escaped(name)}, ${weightPercent} %: ${escaped(ending ?? 'under way')}</h2>`,
    `<p class="s">${iso(fromMs)} to ${iso(toMs)}, ${looks} looks</p>${failed}`,
    ...checks.map(
      (check) =>
        `<h3>${escaped(check.name)}</h3><p class="s">${escaped(check.last?.reason ?? 'never looked at')}</p>${picture(check, fromMs, toMs)}`,
    ),
    '</section>',
  ].join('\n');
}

function iso(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function shownAfter(ms: number): string {
  return formatDuration(Math.round(ms / 1000) * 1000);
}
