import { describe, expect, it } from 'vitest';
import { findingsSchema } from '../../../src/api/contract.ts';
import { findingsOf, withLiveAnswers } from '../../../src/report/findings.ts';
import { writeReport } from '../../../src/report/report.ts';
import { reportSource, richSource } from '../../support/report.ts';

describe('findings', () => {
  it('are what the contract says, of a rollout with gates of all kinds', async () => {
    const findings = findingsOf(await richSource('promoted'));
    expect(findingsSchema.parse(JSON.parse(JSON.stringify(findings)))).toEqual(findings);
    expect(findings.vulnerabilities[0]?.counts[0]).toMatchObject({ severity: 'critical' });
    expect(findings.controls).toContainEqual(expect.objectContaining({ id: 'SOC 2 CC7.1', met: false }));
  });

  it('name the phases of compliance by the raw report, else by the facts', async () => {
    const source = await richSource('promoted');
    const facts = { score: 92, complete: ['S0', 'S1'], incomplete: ['S2'] };
    const gates = source.gates.map((gate) => (gate.type === 'compliance' ? { ...gate, facts } : gate));
    const [byFacts] = findingsOf({ ...source, gates }).compliance;
    expect(byFacts?.phases.map(({ phase, complete }) => [phase, complete])).toEqual([
      ['S0', true],
      ['S1', true],
      ['S2', false],
    ]);
    const attestations = [{ title: 'tests', state: 'failed', why: 'is too old' }];
    const phase = { name: 'S2', required: true, complete: false, score: 0, attestations };
    const [byReport] = findingsOf({
      ...source,
      gates,
      raw: () => ({ score: 50, phases: [phase] }),
    }).compliance;
    expect(byReport).toMatchObject({ score: 50, phases: [{ phase: 'S2', attestations }] });
  });

  it('of a rollout that nobody asked anything say what was not asked', async () => {
    const findings = findingsOf(await reportSource('promoted'));
    expect([findings.gates, findings.unanswered]).toEqual([[], []]);
    expect(findings.unasked.map(({ type }) => type)).toContain('signature');
  });

  it('name the gates of the plan that have not answered, and know what is said while they are asked', async () => {
    const source = await reportSource('promoted');
    const gate = (name: string, type = name) => ({ name, type });
    const plan = source.plan && {
      ...source.plan,
      gates: [gate('sign-off', 'approval')],
      guards: [gate('ci')],
    };
    const findings = findingsOf({ ...source, plan });
    const guard = { name: 'ci', type: 'ci', place: 'standing' };
    expect(findings.unanswered).toEqual([{ name: 'sign-off', type: 'approval', place: 'start' }, guard]);
    expect(findings.unasked.map(({ type }) => type)).not.toContain('ci');
    const live = {
      ...({ name: 'sign-off', gate: 'approval', type: 'approval', place: 'start', answer: 'hold' } as const),
      ...{ reason: 'nobody has approved', facts: {}, reports: [], atMs: 1 },
    };
    expect(withLiveAnswers(findings, [live])).toMatchObject({ gates: [live], unanswered: [guard] });
    expect(writeReport({ ...source, plan }, 'deployment', 'md')).toContain('None has answered.');
  });
});
