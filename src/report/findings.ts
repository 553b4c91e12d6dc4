/** What gates found of a version, as data: what the dashboard shows of security and readiness. */

import type { Findings, ReadinessFinding } from '../api/contract.ts';
import { latestOf } from '../domain/gates/state.ts';
import type { GatePlace, GateReport } from '../domain/gates/types.ts';
import { factText } from '../domain/gates/wording.ts';
import { complianceOf } from './compliance.ts';
import { controlsOf, unnamedIn } from './controls.ts';
import { numberAt } from './fields.ts';
import { lastAnswers } from './parts.ts';
import { questions, severities } from './questions.ts';
import { readinessOf } from './readiness.ts';
import type { ReportSource } from './source.ts';

export function findingsOf(source: ReportSource): Findings {
  const { rollout, timeline, proof } = source;
  const gates = lastAnswers(source.gates);
  const unanswered = unansweredIn(source, gates);
  const ofType = (wanted: string) => gates.filter(({ type }) => type === wanted);
  return {
    target: rollout.target,
    version: rollout.version,
    outcome: rollout.outcome,
    underWay: rollout.temporalStatus === 'RUNNING',
    gates,
    unanswered,
    unasked: Object.entries(questions)
      .filter(([wanted]) => ![...gates, ...unanswered].some(({ type }) => type === wanted))
      .map(([type, question]) => ({ type, question })),
    vulnerabilities: gates.flatMap(vulnerabilitiesIn),
    compliance: ofType('compliance').flatMap((gate) => complianceOf(source, gate) ?? []),
    controls: gates
      .flatMap((gate) => controlsOf(source, gate))
      .map(({ id, met, gate: { name } }) => ({
        ...{ id, met, gate: name },
      })),
    unnamedControls: gates.reduce((sum, gate) => sum + unnamedIn(source, gate), 0),
    readiness: ofType('readiness').map((gate) => readinessIn(source, gate)),
    events: timeline.filter(({ kind }) => kind === 'event'),
    bundle: proof && { position: proof.position, sha256: proof.sha256 },
  };
}

/** With what gates say that are asked just now, which a history has only once all of a place have opened. */
export function withLiveAnswers(findings: Findings, live: readonly GateReport[]): Findings {
  if (live.length === 0) return findings;
  const gates = [...latestOf(findings.gates, live)];
  return { ...findings, gates, unanswered: findings.unanswered.filter((gate) => !gates.some(isOf(gate))) };
}

function unansweredIn({ plan }: ReportSource, answers: readonly GateReport[]): Findings['unanswered'] {
  const placed = (gates: readonly { name: string; type: string }[] = [], place: GatePlace) =>
    gates.map(({ name, type }) => ({ name, type, place }));
  const asked = [
    ...placed(plan?.gates, 'start'),
    ...(plan?.stages ?? []).flatMap(({ gates }, stage) => placed(gates, stage)),
    ...placed(plan?.guards, 'standing'),
  ];
  return asked.filter((gate) => !answers.some(isOf(gate)));
}

function isOf(gate: Pick<GateReport, 'name' | 'place'>) {
  return ({ name, place }: GateReport) => name === gate.name && place === gate.place;
}

function vulnerabilitiesIn({ name, facts }: GateReport): Findings['vulnerabilities'] {
  const counts = severities.flatMap((severity) => {
    const count = numberAt(facts.counts, severity);
    return count === null ? [] : [{ severity, count }];
  });
  if (counts.length === 0) return [];
  const listed = (given: unknown) => (Array.isArray(given) ? given.map(factText) : []);
  const { over, excepted, expired } = facts;
  return [{ gate: name, counts, over: listed(over), excepted: listed(excepted), expired: listed(expired) }];
}

function readinessIn(source: ReportSource, gate: GateReport): ReadinessFinding {
  const found = readinessOf(source, gate);
  return {
    gate: gate.name,
    ready: gate.answer === 'open',
    reason: gate.reason,
    score: found?.score ?? null,
    blockers: [...(found?.blockers ?? [])],
    actions: [...(found?.actions ?? [])],
    categories: (found?.categories ?? []).map(({ category, score, checks }) => ({
      category,
      score,
      checks:
        checks === null
          ? null
          : checks.map(({ title, state, score: own, must, why, action }) => ({
              ...{ title, state, score: own, must, why, action },
            })),
    })),
  };
}
