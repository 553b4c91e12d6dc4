/** Writes a report as Markdown. What came from outside stays text: it opens no tag, no link, no cell and no line. */
import { asLine } from '../domain/legible.ts';
import type { Block, ReportDocument, Section } from './document.ts';

export function markdownOf({ title, summary, sections }: ReportDocument): string {
  return `${[`# ${plain(title)}`, ...summary.map(blockText), ...sections.map(sectionText)].join('\n\n')}\n`;
}

function sectionText({ title, blocks }: Section): string {
  return [`## ${plain(title)}`, ...blocks.map(blockText)].join('\n\n');
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'text':
      return block.tone === 'bad' || block.tone === 'good' ? `**${plain(block.text)}**` : plain(block.text);
    case 'list':
      return block.items.map((item) => `- ${plain(item)}`).join('\n');
    case 'facts':
      return tableText(['', ''], block.pairs);
    case 'table':
      return tableText(block.header, block.rows);
    case 'chart':
      return `*${plain(block.caption)}*`;
  }
}

function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** Everything that Markdown or HTML would take for more than a character. */
function plain(text: string): string {
  return (
    asLine(text)
      .replaceAll(/\s+/gu, ' ')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll(/[\\`*_[\]|~#]/g, (sign) => `\\${sign}`)
      // A bare address would become a link.
      .replaceAll('://', ':&#47;&#47;')
      .replaceAll(/(www)\./gi, '$1&#46;')
      .trim()
      // At its beginning these would make a list, a line or a heading of it.
      .replace(/^(?:[-+](?=\s)|--)/, (sign) => `\\${sign}`)
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}
