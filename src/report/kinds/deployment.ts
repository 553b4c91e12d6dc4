/** The deployment report: what was rolled out, how it went stage by stage, who did what, and what proves it. */
import type { AuditWrite } from '../../api/contract.ts';
import { type ShareStep, shareChart } from '../charts/share.ts';
import { type Block, type ReportDocument, table } from '../document.ts';
import { numberAt } from '../fields.ts';
import { lookChart, looksOf } from '../looks.ts';
import {
  aboutOf,
  actionsTable,
  gatesTable,
  headlineOf,
  lastAnswers,
  noAnswers,
  proofSection,
} from '../parts.ts';
import { isBlocked, readBackText } from '../read-back.ts';
import type { ReportSource } from '../source.ts';
import { at, clipped, number, took } from '../words.ts';

export function deploymentReport(source: ReportSource): ReportDocument {
  const { rollout, gates, timeline, failures } = source;
  return {
    title: `Deployment report: ${rollout.target} ${rollout.version ?? ''}`.trim(),
    summary: [headlineOf(source), aboutOf(source), trafficChart(source)],
    sections: [
      { title: 'Stages', blocks: [stagesTable(source)] },
      { title: 'Gates', blocks: [gatesTable(lastAnswers(gates), noAnswers(source))] },
      { title: 'Checks', blocks: [checksTable(source), ...looksOf(source).flatMap(lookChart)] },
      { title: 'Traffic, as it was read back', blocks: [writesTable(source)] },
      { title: 'Who did what', blocks: [actionsTable(source)] },
      {
        title: 'Story',
        blocks: [
          table(
            ['when', 'what', 'who'],
            timeline.map(({ atMs, text, actor }) => [at(atMs), clipped(text), actor ?? '-']),
            'Nothing was told.',
          ),
        ],
      },
      {
        title: 'What failed on the way',
        blocks: [
          table(
            ['when', 'what', 'how', 'why'],
            failures.map(({ atMs, activity, kind, message }) => [at(atMs), activity, kind, clipped(message)]),
            'Nothing.',
          ),
        ],
      },
      proofSection(source),
    ],
  };
}

/** From the first write to the end, each share at the time at which it was read. */
export function trafficChart({ rollout, traffic, rollback }: ReportSource): Block {
  const steps = traffic.flatMap(stepsOf).sort((a, b) => a.atMs - b.atMs);
  const { startedAtMs, endedAtMs, outcome } = rollout;
  const marks = [
    ...(rollback === null ? [] : [{ atMs: rollback.decidedAtMs, label: `rollback: ${rollback.trigger}` }]),
    ...(rollback?.restoredAtMs ? [{ atMs: rollback.restoredAtMs, label: 'read back as 0' }] : []),
  ];
  const highest = Math.max(0, ...steps.map(({ percent }) => percent));
  return {
    kind: 'chart',
    svg: shareChart(steps, marks, startedAtMs, endedAtMs),
    caption: `Share of traffic of the new version, as the data plane was read: at most ${number(highest)} %, at the end ${number(steps.at(-1)?.percent ?? 0)} % (${outcome ?? 'no outcome'})`,
  };
}

function stepsOf({ activity, atMs, askedPercent, readBack, failure }: AuditWrite): ShareStep[] {
  if (failure !== null || isBlocked(readBack)) return [];
  if (Array.isArray(readBack)) return readBack.flatMap((step: unknown) => stepOf(step));
  const read = numberAt(readBack, 'readWeightPercent');
  const percent = activity === 'shift' ? (read ?? askedPercent) : askedPercent;
  return percent === null ? [] : [{ atMs, percent }];
}

function stepOf(step: unknown): ShareStep[] {
  const [percent, atMs] = [numberAt(step, 'percent'), numberAt(step, 'atMs')];
  return percent === null || atMs === null ? [] : [{ percent, atMs }];
}

function stagesTable({ rollout: { account }, plan }: ReportSource): Block {
  return table(
    ['stage', 'share', 'began', 'planned', 'took', 'ended by', 'requests to the new version'],
    (account?.reports ?? []).map(
      ({ name, weightPercent, startedAtMs, endedAtMs, plannedMs, ending, canaryRequests }) => [
        name,
        `${weightPercent} %`,
        at(startedAtMs),
        took(plannedMs),
        endedAtMs === null ? '-' : took(endedAtMs - startedAtMs),
        ending ?? '-',
        canaryRequests === null ? 'not counted' : String(canaryRequests),
      ],
    ),
    `No stage began; the plan has ${plan?.stages.length ?? 'an unknown number of'}.`,
  );
}

function checksTable(source: ReportSource): Block {
  return table(
    ['stage', 'check', 'looks', 'passed', 'failed', 'no data', 'errors', 'last said'],
    looksOf(source).map(({ stage, check, record, looks }) => [
      stage,
      check,
      ...(record === null
        ? [String(looks.length), '-', '-', '-', '-']
        : [record.looks, record.passes, record.failures, record.noData, record.errors].map(String)),
      clipped((record?.last ?? looks.at(-1))?.reason ?? '-'),
    ]),
    'No check was looked at.',
  );
}

function writesTable({ traffic }: ReportSource): Block {
  return table(
    ['when', 'write', 'asked', 'read back', 'attempt', 'took'],
    traffic.map(({ atMs, activity, askedPercent, readBack, attempt, tookMs, failure }) => [
      at(atMs),
      activity,
      askedPercent === null ? '-' : `${askedPercent} %`,
      failure === null ? readBackText(readBack) : `FAILED: ${clipped(failure)}`,
      String(attempt),
      took(tookMs),
    ]),
    'Traffic was never touched.',
  );
}
