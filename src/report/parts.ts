/** Pieces that several reports share: what was rolled out, what gates said, who did what, and what proves all that. */

import type { GateReport } from '../domain/gates/types.ts';
import { placeText } from '../domain/gates/wording.ts';
import { type Block, type Section, table, text } from './document.ts';
import type { ReportSource } from './source.ts';
import { at, clipped, count, facts, took } from './words.ts';

export function outcomeOf({ rollout }: ReportSource): string {
  const { outcome, temporalStatus } = rollout;
  if (outcome !== null) return outcome;
  return temporalStatus === 'RUNNING' ? 'under way' : `ended from outside (${temporalStatus.toLowerCase()})`;
}

export function headlineOf(source: ReportSource): Block {
  const { target, version, startedAtMs, endedAtMs } = source.rollout;
  const outcome = outcomeOf(source);
  const tone = outcome === 'promoted' ? 'good' : outcome === 'under way' ? undefined : 'bad';
  return text(
    `${version ?? 'An unknown version'} of ${target}: ${outcome}, after ${took(endedAtMs - startedAtMs)}.`,
    tone,
  );
}

export function aboutOf({ rollout, plan }: ReportSource): Block {
  const { target, version, account, author, startedAtMs, endedAtMs, runs } = rollout;
  const artifact = Object.entries(plan?.artifact ?? {}).map(([name, value]) => [name, value] as const);
  return {
    kind: 'facts',
    pairs: [
      ['target', target],
      ['version', version ?? '-'],
      ['stable version', account?.arms?.stableVersion ?? '-'],
      ...artifact,
      ['started by', author ?? '-'],
      ['from', at(startedAtMs)],
      ['to', at(endedAtMs)],
      ['run', runs.join(', ')],
    ],
  };
}

export function gatesTable(gates: readonly GateReport[], empty: string): Block {
  return table(
    ['gate', 'type', 'asked', 'answer', 'when', 'reason', 'facts'],
    gates.map(({ name, type, place: where, answer, atMs, reason, facts: found }) => [
      name,
      type,
      placeText(where),
      answer,
      at(atMs),
      clipped(reason),
      facts(found),
    ]),
    empty,
  );
}

/** Of each gate at each place the last word. */
export function lastAnswers(gates: readonly GateReport[]): GateReport[] {
  return [...new Map(gates.map((gate) => [`${gate.place}/${gate.name}`, gate])).values()];
}

/** What stands where no gate has answered. */
export function noAnswers({ plan }: ReportSource): string {
  const planned = [plan?.gates, plan?.guards, ...(plan?.stages ?? []).map(({ gates }) => gates)];
  return planned.some((gates = []) => gates.length > 0) ? 'None has answered.' : 'The plan asked for none.';
}

export function actionsTable({ actions }: ReportSource): Block {
  return table(
    ['when', 'what', 'who', 'why', 'recorded by Temporal'],
    actions.map(({ atMs, name, via, actor, reason, identity, refused }) => [
      at(atMs),
      `${name}${via === name ? '' : ` by ${via}`}${refused === null ? '' : ` (refused: ${refused})`}`,
      actor ?? '-',
      reason ?? '-',
      identity ?? '-',
    ]),
    'Nobody did anything by hand.',
  );
}

export function proofSection({ proof, rollout }: ReportSource): Section {
  const title = 'Evidence';
  if (proof === null) {
    const why = rollout.temporalStatus === 'RUNNING' ? 'the rollout is under way' : 'no bundle of it is kept';
    return {
      title,
      blocks: [text(`This report was made from the history in Temporal as it is now: ${why}.`)],
    };
  }
  const { position, sha256, signedBy, collectedAtMs, files, missing } = proof;
  return {
    title,
    blocks: [
      text(
        `Made of bundle ${position} of ${rollout.target}, which holds ${count(files.length, 'file')}. Check it with: sluice evidence verify ${rollout.target} --run ${rollout.runs.at(-1)}`,
      ),
      {
        kind: 'facts',
        pairs: [
          ['manifest, SHA-256', sha256],
          ['signed by the key', signedBy ?? 'it is not signed'],
          ['collected', at(collectedAtMs)],
        ],
      },
      ...(missing.length === 0 ? [] : [{ kind: 'list', items: missing } as const]),
    ],
  };
}
