/**
 * Writes a report as one HTML file: its charts inside, no script, nothing asked from anywhere; on a screen and on
 * paper.
 */
import { escaped } from '../backtest/picture.ts';
import { pageStyle } from '../backtest/style.ts';
import { asLine } from '../domain/legible.ts';
import type { Block, ReportDocument, Section } from './document.ts';

const style = `${pageStyle}
.bad{color:var(--fail);font-weight:600}.good{color:var(--pass);font-weight:600}figure{margin:.6rem 0}figcaption{color:var(--soft);font-size:.85rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:.4rem 0;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}th{color:var(--soft);font-weight:600}
th{white-space:nowrap}table:not(.f) td{min-width:6rem}.share{stroke:var(--canary);fill:var(--band);stroke-width:2}.bar{fill:var(--canary)}.bar.over{fill:var(--fail)}.mark{stroke:var(--soft);stroke-dasharray:2 3}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#9999;--canary:#b85f00;--stable:#1f4fae;--band:#d9730d33;--fail:#a01818;--pass:#1d6b3e}body{max-width:none;margin:0;font-size:11px}h2{break-after:avoid}figure,tr{break-inside:avoid}.scroll{overflow:visible}}`;

/** With this no page runs or fetches anything, even if something that should be text were not. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export function htmlOf({ title, summary, sections }: ReportDocument): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}"><link rel="icon" href="data:,">`,
    `<title>${safe(title)}</title><style>${style}</style></head><body>`,
    `<header><h1>${safe(title)}</h1>`,
    ...summary.map(blockHtml),
    '</header><main>',
    ...sections.map(sectionHtml),
    '</main></body></html>\n',
  ].join('\n');
}

function sectionHtml({ title, blocks }: Section): string {
  return [`<section><h2>${safe(title)}</h2>`, ...blocks.map(blockHtml), '</section>'].join('\n');
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p${toneClass(block.tone)}>${safe(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${safe(item)}</li>`).join('')}</ul>`;
    case 'facts': {
      const rows = block.pairs.map(
        ([name, value]) => `<tr><th scope="row">${safe(name)}</th><td>${safe(value)}</td></tr>`,
      );
      return `<div class="scroll"><table class="f">${rows.join('')}</table></div>`;
    }
    case 'table': {
      const head = block.header.map((name) => `<th scope="col">${safe(name)}</th>`).join('');
      const rows = block.rows.map(
        (cells) => `<tr>${cells.map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`,
      );
      return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
    }
    case 'chart':
      return `<figure>${calm(block.svg)}<figcaption>${safe(block.caption)}</figcaption></figure>`;
  }
}

function safe(text: string): string {
  return escaped(calm(text));
}

/** Control characters would steer the terminal of somebody who prints the page there. */
function calm(text: string): string {
  return asLine(text);
}

function toneClass(tone: 'good' | 'bad' | 'soft' | undefined): string {
  if (tone === undefined) return '';
  return ` class="${tone === 'soft' ? 's' : tone}"`;
}
