/**
 * The incident report: what went wrong, how it was found, how fast users were back, what it cost, and what is left to
 * answer.
 */
import type { RollbackRecord } from '../../domain/rollout/rollback-record.ts';
import { barChart } from '../charts/bars.ts';
import { type Block, type ReportDocument, type Section, table, text } from '../document.ts';
import { lookChart, looksOf } from '../looks.ts';
import { aboutOf, actionsTable, headlineOf, outcomeOf, proofSection } from '../parts.ts';
import type { ReportSource } from '../source.ts';
import { at, clipped, number, took } from '../words.ts';
import { trafficChart } from './deployment.ts';

export function incidentReport(source: ReportSource): ReportDocument {
  const { rollout, rollback } = source;
  const title = `Incident report: ${rollout.target} ${rollout.version ?? ''}`.trim();
  if (rollback === null) return noIncident(source, title);
  return {
    title,
    summary: [
      headlineOf(source),
      text(
        `${rollback.trigger}: ${rollback.reason}${rollback.actor === null ? '' : ` (${rollback.actor})`}`,
        'bad',
      ),
      aboutOf(source),
      trafficChart(source),
    ],
    sections: [
      { title: 'Times', blocks: [timesTable(rollback), ...timesChart(rollback)] },
      { title: 'Impact', blocks: [impactOf(rollback)] },
      { title: 'What was measured', blocks: evidenceOf(source, rollback) },
      { title: 'What was done', blocks: [doneTable(rollback), ...verificationOf(rollback)] },
      { title: 'Who did what', blocks: [actionsTable(source)] },
      followUp,
      proofSection(source),
    ],
  };
}

function noIncident(source: ReportSource, title: string): ReportDocument {
  const { refusal } = source.rollout.account ?? {};
  const outcome = outcomeOf(source);
  const what =
    refusal !== undefined
      ? `A gate refused before anything was touched: ${refusal}`
      : outcome === 'promoted'
        ? 'Nothing turned this rollout round.'
        : `There is no record of a rollback; the rollout is ${outcome}.`;
  return {
    title,
    summary: [headlineOf(source), text(what), aboutOf(source)],
    sections: [proofSection(source)],
  };
}

function timesTable(rollback: RollbackRecord): Block {
  const { firstBadAtMs, decidedAtMs, restoredAtMs, decideMs, restoreMs, exposedMs } = rollback;
  return {
    kind: 'facts',
    pairs: [
      ['first bad look', at(firstBadAtMs)],
      ['decided', at(decidedAtMs)],
      ['read back as 0', restoredAtMs === null ? 'NOT YET' : at(restoredAtMs)],
      ['from first bad look to decision', took(decideMs)],
      ['from decision to 0', took(restoreMs)],
      ['users could meet the new version for', took(exposedMs)],
    ],
  };
}

function timesChart({ decideMs, restoreMs, exposedMs }: RollbackRecord): Block[] {
  const times = [
    ['to decide', decideMs],
    ['to restore', restoreMs],
    ['exposed', exposedMs],
  ] as const;
  const bars = times.flatMap(([name, ms]) => (ms === null ? [] : [{ name, value: ms, shown: took(ms) }]));
  if (bars.length === 0) return [];
  const caption = bars.map(({ name, shown }) => `${name}: ${shown}`).join('; ');
  return [{ kind: 'chart', svg: barChart('times of the rollback', bars), caption }];
}

function impactOf({ canaryRequests, impact }: RollbackRecord): Block {
  return {
    kind: 'facts',
    pairs: [
      ['requests that the new version served', number(impact?.requests ?? canaryRequests)],
      ['of which errors, estimated from its own error rate', number(impact?.estimatedErrors ?? null)],
      ['highest share of traffic', number(impact?.highestPercent ?? null, '%')],
    ],
  };
}

function evidenceOf(source: ReportSource, { evidence }: RollbackRecord): Block[] {
  const names = new Set(evidence.map(({ check }) => check));
  const charts = looksOf(source)
    .filter(({ check, looks }) => names.has(check) || looks.some(({ kind }) => kind === 'fail'))
    .flatMap(lookChart);
  const rows = evidence.map(({ atMs, check, reason, canary, stable }) => [
    at(atMs),
    check,
    clipped(reason),
    number(canary),
    number(stable),
  ]);
  return [
    table(['when', 'check', 'said', 'new version', 'stable'], rows, 'No check was the cause.'),
    ...charts,
  ];
}

function doneTable({ actions, steps = [] }: RollbackRecord): Block {
  const rows = [
    ...actions.map(({ atMs, afterMs, text: what }) => [at(atMs), took(afterMs), clipped(what)]),
    ...steps.map(({ startedAtMs, durationMs, action, hook, problem }) => [
      at(startedAtMs),
      '-',
      `${action}${hook === null ? '' : ` (${hook})`}: ${problem ?? 'done'}, ${took(durationMs)}`,
    ]),
  ];
  return table(['when', 'after the decision', 'what'], rows, 'Nothing was recorded.');
}

function verificationOf({ verification }: RollbackRecord): Block[] {
  if (!verification) return [];
  const { result, reason, looks } = verification;
  return [
    text(
      `The stable version was judged afterwards: ${result} after ${looks} looks: ${reason}`,
      result === 'passed' ? 'good' : 'bad',
    ),
  ];
}

/** What no record can answer. */
const followUp: Section = {
  title: 'To be filled in',
  blocks: [
    {
      kind: 'list',
      items: [
        'Cause: what in the new version led to this?',
        'Detection: could a test, a gate or an earlier look have found it?',
        'Response: what went well, what did not, and where was luck needed?',
        'Follow-up: what is changed so that it does not happen again; by whom, until when?',
      ],
    },
  ],
};
