/** A page that shows a backtest: one file with its pictures inside, light or dark as the reader likes, asking for nothing. */
import { formatDuration } from '../domain/duration.ts';
import { escaped, picture } from './picture.ts';
import type { Backtest, BacktestStage } from './types.ts';

const style = `:root{color-scheme:light dark;--ink:#222;--soft:#667;--line:#8885;--canary:#d9730d;--stable:#2f6fde;--band:#d9730d33;--fail:#c22f2f;--pass:#2e8b57;--none:#999}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8ea;--soft:#9aa;--canary:#ffa14d;--stable:#7aa7ff;--band:#ffa14d33;--fail:#ff7a7a;--pass:#6fcf97;--none:#888}}
body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);max-width:60rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:2rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}
p{margin:.3rem 0}.s{color:var(--soft)}.fail,.rolled-back{color:var(--fail)}.pass,.promoted,.passed{color:var(--pass)}svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:var(--soft)}
.g{stroke:var(--line)}.c{stroke:var(--canary);fill:none;stroke-width:2}.t{stroke:var(--stable);fill:none;stroke-width:2}.b{fill:var(--band)}.end{stroke:var(--fail);stroke-dasharray:4 3}
.m-fail{fill:var(--fail)}.m-pass{fill:var(--pass)}.m-no-data,.m-error{fill:none;stroke:var(--none)}.kc{color:var(--canary)}.kt{color:var(--stable)}`;

export function backtestPage(found: Backtest): string {
  const { target, canary, stable, outcome, stages, notes } = found;
  const title = escaped(`Backtest of ${target}: ${canary} beside ${stable}`);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${title}</title><style>${style}</style></head><body>`,
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
