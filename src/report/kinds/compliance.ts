/**
 * Compliance evidence: for each control that gates speak of, what they found and which file proves it; and how people
 * acted.
 */
import { placeText } from '../../domain/gates/wording.ts';
import { type Control, controlsOf, unnamedIn } from '../controls.ts';
import { type Block, type ReportDocument, table, text } from '../document.ts';
import { fieldOf } from '../fields.ts';
import {
  aboutOf,
  actionsTable,
  gatesTable,
  headlineOf,
  lastAnswers,
  noAnswers,
  proofSection,
} from '../parts.ts';
import type { ReportSource } from '../source.ts';
import { at, clipped, count } from '../words.ts';

export function complianceReport(source: ReportSource): ReportDocument {
  const { rollout, gates } = source;
  const answers = lastAnswers(gates);
  const controls = answers.flatMap((gate) => controlsOf(source, gate));
  const unnamed = answers.reduce((sum, gate) => sum + unnamedIn(source, gate), 0);
  return {
    title: `Compliance evidence: ${rollout.target} ${rollout.version ?? ''}`.trim(),
    summary: [
      headlineOf(source),
      controls.length === 0
        ? text('No gate of this rollout named a control, so this report maps nothing to a standard.')
        : metText(controls, unnamed),
      ...unnamedText(unnamed),
      aboutOf(source),
    ],
    sections: [
      { title: 'Controls', blocks: [controlsTable(controls)] },
      { title: 'All gates', blocks: [gatesTable(answers, noAnswers(source))] },
      { title: 'Separation of duties', blocks: duties(source) },
      { title: 'Who did what', blocks: [actionsTable(source)] },
      { title: 'Files', blocks: [filesTable(source)] },
      proofSection(source),
    ],
  };
}

function metText(controls: readonly Control[], unnamed: number): Block {
  const ids = new Set(controls.map(({ id }) => id));
  const unmet = new Set(controls.filter(({ met }) => !met).map(({ id }) => id));
  const spoken = `${count(ids.size, 'control')} spoken of by gates`;
  if (unmet.size > 0) return text(`${spoken}; not met: ${[...unmet].join(', ')}.`, 'bad');
  return unnamed > 0 ? text(`${spoken}, all met.`) : text(`${spoken}, all met.`, 'good');
}

function unnamedText(unnamed: number): Block[] {
  if (unnamed === 0) return [];
  const them = count(unnamed, 'more control');
  return [text(`Gates counted ${them} without naming them here; their raw reports are not kept.`, 'bad')];
}

function controlsTable(controls: readonly Control[]): Block {
  const rows = controls
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, met, gate: { name, answer, place: where, atMs, reason, reports } }) => [
      id,
      met ? 'met' : 'NOT met',
      name,
      placeText(where),
      answer,
      at(atMs),
      clipped(reason),
      reports.map(({ sha256 }) => `reports/${sha256}`).join(' ') || 'gates.json',
    ]);
  return table(['control', 'met', 'gate', 'asked', 'answer', 'when', 'reason', 'file'], rows, 'None.');
}

interface Yes {
  readonly actor: string | null;
  readonly atMs: number;
  readonly what: string;
}

function duties(source: ReportSource): Block[] {
  const { author } = source.rollout;
  const approvals = [...approvalsAtGates(source), ...approvalsOfStages(source)];
  const own = approvals.some(({ actor }) => actor !== null && actor === author);
  const others = approvals.some(({ actor }) => actor !== null && actor !== author);
  const verdict = others
    ? text('Somebody other than who started it approved it.', 'good')
    : text(own ? 'Only who started it approved it.' : 'Nobody approved it.', own ? 'bad' : 'soft');
  const rows = [...approvals, ...yesesToGoingBack(source)];
  return [
    verdict,
    text(`Started by ${author ?? 'nobody named'}. Names are as they were given to the API.`, 'soft'),
    table(
      ['when', 'said yes', 'to what'],
      rows.map(({ actor, atMs, what }) => [at(atMs), actor ?? 'nobody named', what]),
      'There were no approvals.',
    ),
  ];
}

function approvalsAtGates({ rollout }: ReportSource): Yes[] {
  return (rollout.account?.approvals ?? []).map(({ actor, atMs, place: where }) => ({
    ...{ actor, atMs, what: placeText(where) },
  }));
}

/** What was refused, or came too late, is told as something else than a command. */
function approvalsOfStages(source: ReportSource): Yes[] {
  const atGates = approvalsAtGates(source);
  return approveCommands(source)
    .filter(({ goesBack }) => !goesBack)
    .filter(({ actor, atMs }) => !atGates.some((one) => one.actor === actor && one.atMs === atMs))
    .map(({ actor, atMs, stage }) => ({
      ...{ actor, atMs, what: stage === null ? 'command' : `stage ${stage + 1}` },
    }));
}

/** The same word answers the question whether to go back, which approves nothing of the version. */
function yesesToGoingBack(source: ReportSource): Yes[] {
  const what = 'going back to stable, which is no approval';
  return approveCommands(source)
    .filter(({ goesBack }) => goesBack)
    .map(({ actor, atMs }) => ({ actor, atMs, what }));
}

function approveCommands({ timeline }: ReportSource) {
  return timeline.flatMap(({ kind, data, actor, atMs, stage }, index) => {
    if (kind !== 'command' || fieldOf(data, 'command') !== 'approve') return [];
    // The command that begins a rollback is followed by it in the same moment.
    const next = timeline[index + 1];
    return [{ actor, atMs, stage, goesBack: next?.kind === 'restore-started' && next.atMs === atMs }];
  });
}

function filesTable({ proof }: ReportSource): Block {
  return table(
    ['file', 'bytes', 'SHA-256'],
    (proof?.files ?? []).map(({ path, bytes, sha256 }) => [path, String(bytes), sha256]),
    'No bundle is kept.',
  );
}
