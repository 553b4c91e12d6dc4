/**
 * The security assessment: what gates found of image, signature, components and vulnerabilities, and what nobody asked.
 */

import type { GateReport } from '../../domain/gates/types.ts';
import { factText, placeText } from '../../domain/gates/wording.ts';
import { barChart } from '../charts/bars.ts';
import { type Block, type ReportDocument, table, text } from '../document.ts';
import { numberAt } from '../fields.ts';
import { aboutOf, actionsTable, gatesTable, headlineOf, lastAnswers, proofSection } from '../parts.ts';
import { questions, severities } from '../questions.ts';
import type { ReportSource } from '../source.ts';
import { at, clipped, count } from '../words.ts';

export function securityReport(source: ReportSource): ReportDocument {
  const { rollout, gates } = source;
  const answers = lastAnswers(gates).filter(({ type }) => type in questions);
  const refused = answers.filter(({ answer }) => answer !== 'open');
  const unasked = Object.keys(questions).filter((type) => !answers.some((one) => one.type === type));
  return {
    title: `Security assessment: ${rollout.target} ${rollout.version ?? ''}`.trim(),
    summary: [
      headlineOf(source),
      answers.length === 0
        ? text('No gate asked anything about the security of this version: nothing is assured.', 'bad')
        : text(
            `${answers.length - refused.length} of ${count(answers.length, 'gate')} about security opened${refused.length === 0 ? '' : `; ${refused.map(({ name }) => name).join(', ')} did not`}.`,
            refused.length === 0 ? 'good' : 'bad',
          ),
      aboutOf(source),
    ],
    sections: [
      { title: 'What gates found', blocks: [gatesTable(answers, 'No gate of these kinds has answered.')] },
      { title: 'Vulnerabilities', blocks: findings(answers) },
      {
        title: 'Not asked',
        blocks: [
          unasked.length === 0
            ? text('Every question that a gate of Sluice can answer was asked.')
            : { kind: 'list', items: unasked.map((type) => `${questions[type]} (gate ${type})`) },
        ],
      },
      { title: 'Security events during the rollout', blocks: [eventsTable(source)] },
      { title: 'Who could and did act', blocks: [actionsTable(source)] },
      { title: 'Raw reports', blocks: [reportsTable(answers)] },
      proofSection(source),
    ],
  };
}

function findings(answers: readonly GateReport[]): Block[] {
  const blocks = answers.flatMap(({ name, facts, answer, atMs }): Block[] => {
    const counts = severities.flatMap((severity) => {
      const found = numberAt(facts.counts, severity);
      return found === null ? [] : [{ name: severity, value: found, over: found > 0 && answer !== 'open' }];
    });
    if (counts.length === 0) return [];
    const caption = `${name}, ${at(atMs)}: ${counts.map((one) => `${one.value} ${one.name}`).join(', ')}`;
    return [{ kind: 'chart', svg: barChart(`findings of ${name}`, counts), caption }, ...exceptions(facts)];
  });
  return blocks.length === 0 ? [text('No gate counted vulnerabilities.', 'soft')] : blocks;
}

function exceptions(facts: Readonly<Record<string, unknown>>): Block[] {
  const named = (key: string, what: string) => {
    const said = factText(facts[key]);
    return said === '' ? [] : [`${what}: ${clipped(said)}`];
  };
  const items = [
    ...named('excepted', 'let pass by exception'),
    ...named('expired', 'exceptions that have expired'),
  ];
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function eventsTable({ timeline }: ReportSource): Block {
  const events = timeline.filter(({ kind }) => kind === 'event');
  return table(
    ['when', 'what'],
    events.map(({ atMs, text: what }) => [at(atMs), clipped(what)]),
    'None was told to the rollout.',
  );
}

function reportsTable(answers: readonly GateReport[]): Block {
  const rows = answers.flatMap(({ name, place: where, reports }) =>
    reports.map((report) => [name, placeText(where), report.name, String(report.bytes), report.sha256]),
  );
  return table(['gate', 'asked', 'report', 'bytes', 'SHA-256'], rows, 'None was left.');
}
