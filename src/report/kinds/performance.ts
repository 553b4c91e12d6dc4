/** The performance analysis: the new version beside stable, by every check that measured both or one of them. */
import { barChart } from '../charts/bars.ts';
import { type Block, type ReportDocument, type Section, table, text } from '../document.ts';
import { type CheckLooks, lookChart, looksOf, unitOf } from '../looks.ts';
import { aboutOf, headlineOf, proofSection } from '../parts.ts';
import type { ReportSource } from '../source.ts';
import { clipped, count, number } from '../words.ts';

export function performanceReport(source: ReportSource): ReportDocument {
  const { rollout } = source;
  const all = looksOf(source);
  const failed = all.filter(({ record }) => (record?.failures ?? 0) > 0);
  return {
    title: `Performance analysis: ${rollout.target} ${rollout.version ?? ''}`.trim(),
    summary: [
      headlineOf(source),
      text(
        all.length === 0
          ? 'Nothing was measured, so nothing can be said of its performance.'
          : `${count(all.length, 'check')} looked at by stage; ${failed.length === 0 ? 'none failed a look' : `${failed.length} failed at least one look`}.`,
        failed.length > 0 ? 'bad' : undefined,
      ),
      aboutOf(source),
    ],
    sections: [
      { title: 'Against stable', blocks: [comparisonTable(all), ...differenceChart(all)] },
      ...all.map(checkSection),
      proofSection(source),
    ],
  };
}

function comparisonTable(all: readonly CheckLooks[]): Block {
  return table(
    [
      'stage',
      'check',
      'new version',
      'stable',
      'difference',
      'samples (new, stable)',
      'passed of looks',
      'interval of the difference',
    ],
    all.map(({ stage, check, config, record, looks }) => {
      const last = record?.last ?? looks.at(-1) ?? null;
      const unit = unitOf(config);
      const interval = last?.statistics;
      return [
        stage,
        check,
        number(last?.canary ?? null, unit),
        number(last?.stable ?? null, unit),
        differenceText(last?.canary ?? null, last?.stable ?? null),
        `${number(last?.canarySamples ?? null)}, ${number(last?.stableSamples ?? null)}`,
        record === null ? '-' : `${record.passes} of ${record.looks}`,
        interval === undefined
          ? '-'
          : `${number(interval.difference.low)} to ${number(interval.difference.high)} points, ${number(interval.confidence * 100)} % sure`,
      ];
    }),
    'No check was looked at.',
  );
}

function differenceText(canary: number | null, stable: number | null): string {
  if (canary === null || stable === null) return '-';
  const relative =
    stable === 0
      ? ''
      : ` (${canary >= stable ? '+' : ''}${number(((canary - stable) / Math.abs(stable)) * 100)} %)`;
  return `${canary >= stable ? '+' : ''}${number(canary - stable)}${relative}`;
}

/** How large the new version's value is beside stable's, where both were measured. */
function differenceChart(all: readonly CheckLooks[]): Block[] {
  const bars = all.flatMap(({ stage, check, record, looks }) => {
    const last = record?.last ?? looks.at(-1);
    if (!last || last.canary === null || last.stable === null || last.stable === 0) return [];
    const percent = (last.canary / last.stable) * 100;
    return [
      {
        name: `${check}, ${stage}`,
        value: percent,
        shown: `${number(percent)} % of stable`,
        over: last.kind === 'fail',
      },
    ];
  });
  if (bars.length === 0) return [];
  const caption = `The new version's last value as percent of stable's; red where that look failed: ${bars.map(({ name, shown }) => `${name} ${shown}`).join('; ')}`;
  return [{ kind: 'chart', svg: barChart('new version beside stable', bars), caption: clipped(caption) }];
}

function checkSection(looks: CheckLooks): Section {
  const { stage, check, record, looks: all } = looks;
  const last = record?.last ?? all.at(-1);
  return {
    title: `${check}, ${stage}`,
    blocks: [
      text(last?.reason ?? 'It was never looked at.', last?.kind === 'fail' ? 'bad' : undefined),
      ...(record?.worst && record.worst.atMs !== last?.atMs
        ? [text(`Worst look: ${record.worst.reason}`)]
        : []),
      ...lookChart(looks),
    ],
  };
}
