/** Production readiness: the score of each category, what blocks, what to do next, and each check that was made. */

import type { GateReport } from '../../domain/gates/types.ts';
import { placeText } from '../../domain/gates/wording.ts';
import { barChart } from '../charts/bars.ts';
import { type Block, type ReportDocument, type Section, table, text } from '../document.ts';
import { aboutOf, gatesTable, headlineOf, lastAnswers, noAnswers, proofSection } from '../parts.ts';
import { type Readiness, readinessOf } from '../readiness.ts';
import type { ReportSource } from '../source.ts';
import { clipped, number } from '../words.ts';

export function readinessReport(source: ReportSource): ReportDocument {
  const { rollout, gates } = source;
  const answers = lastAnswers(gates);
  const judged = answers
    .filter(({ type }) => type === 'readiness')
    .map((gate) => ({ gate, found: readinessOf(source, gate) }));
  return {
    title: `Production readiness: ${rollout.target} ${rollout.version ?? ''}`.trim(),
    summary: [
      headlineOf(source),
      ...(judged.length === 0
        ? [text('No gate of this rollout judged readiness: nothing is known of it.', 'bad')]
        : judged.map(({ gate, found }) => verdictOf(gate, found))),
      aboutOf(source),
    ],
    sections: [
      ...judged.flatMap(({ gate, found }) => (found === null ? [] : sectionsOf(gate, found))),
      { title: 'All gates', blocks: [gatesTable(answers, noAnswers(source))] },
      proofSection(source),
    ],
  };
}

function verdictOf({ name, answer, reason }: GateReport, found: Readiness | null): Block {
  const score = found === null ? 'no score' : `score ${number(found.score)} of 100`;
  const word = answer === 'open' ? 'ready' : 'NOT ready';
  return text(`${name}: ${word}, ${score}. ${clipped(reason)}`, answer === 'open' ? 'good' : 'bad');
}

function sectionsOf({ name, place: where }: GateReport, found: Readiness): Section[] {
  const { categories, blockers, actions } = found;
  const about = `${name}, ${placeText(where)}`;
  return [
    { title: `Categories (${about})`, blocks: [scores(name, found)] },
    { title: `Blockers (${about})`, blocks: [listOf(blockers, 'Nothing blocks.')] },
    { title: `Recommended actions (${about})`, blocks: [listOf(actions, 'None.')] },
    {
      title: `Checks (${about})`,
      blocks: categories.some(({ checks }) => checks === null)
        ? [text('The raw report of the gate is not kept, so single checks cannot be shown.', 'soft')]
        : [checksTable(found)],
    },
  ];
}

function scores(name: string, { categories }: Readiness): Block {
  if (categories.length === 0) return text('There are none.', 'soft');
  const bars = categories.map(({ category, score }) => ({
    name: category,
    value: score,
    shown: number(score),
    over: score < 100,
  }));
  const caption = bars.map((bar) => `${bar.name} ${bar.shown}`).join(', ');
  return { kind: 'chart', svg: barChart(`scores of ${name}`, bars), caption: `${caption} (of 100)` };
}

function checksTable({ categories }: Readiness): Block {
  const rows = categories.flatMap(({ category, checks }) =>
    (checks ?? []).map(({ title, state, score, must, why, action }) => [
      category,
      title,
      state,
      number(score),
      must ? 'yes' : 'no',
      clipped(why) || '-',
      state === 'passed' ? '-' : (action ?? '-'),
    ]),
  );
  return table(['category', 'check', 'state', 'score', 'blocks', 'why', 'what to do'], rows, 'None.');
}

function listOf(items: readonly string[], none: string): Block {
  return items.length === 0 ? text(none, 'soft') : { kind: 'list', items };
}
