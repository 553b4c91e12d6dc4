import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { GateReport } from '../../../src/domain/gates/types.ts';
import { complianceGate } from '../../../src/providers/gates/compliance.ts';
import { controlsOf, unnamedIn } from '../../../src/report/controls.ts';
import { gateContract, patientMs, questionFixture } from './suite.ts';

const dayMs = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
const passed = (more: object = {}) => ({ status: 'passed', at: ago(1), by: 'ann', ...more });

const phases = {
  S0: { attestations: [{ name: 'infrastructure', report: 'S0.json' }] },
  S4: {
    title: 'supply chain',
    controls: { SLSA: ['Build L3'], 'SOC 2': ['CC8.1'], 'ISO 27001': ['A.8.30'] },
    attestations: [
      { name: 'pinned actions', report: '{{service}}/S4-actions.json', maxAgeDays: 30 },
      { name: 'signed releases', report: '{{service}}/{{version}}/S4-releases.json' },
    ],
  },
  S6: {
    title: 'insights',
    required: false,
    controls: { 'SOC 2': ['CC7.2', 'CC8.1'], GDPR: ['Art. 32'] },
    attestations: [{ name: 'dashboards', report: 'S6.json' }],
  },
};

function evidence() {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-phases-'));
  const files = ['S0.json', 'shop/S4-actions.json', 'shop/v2/S4-releases.json', 'S6.json'];
  /** All is well but for what is said; null: it is not there. */
  const lay = (but: Readonly<Record<string, object | string | null>> = {}) => {
    for (const file of files) {
      const content = but[file] === undefined ? passed() : but[file];
      const path = join(directory, file);
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
      if (content !== null)
        writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    }
  };
  return { directory, lay, close: async () => rmSync(directory, { recursive: true, force: true }) };
}

gateContract(complianceGate, async () => {
  const { directory, lay, close } = evidence();
  const with_ = (but: Parameters<typeof lay>[0]) => () => lay(but);
  return {
    gate: complianceGate.create({ directory, phases, minScore: 80 }),
    open: [
      { name: 'all phases', arrange: with_({}) },
      { name: 'phases that are required', options: { phases: ['S0'] }, arrange: with_({ 'S6.json': null }) },
      { name: 'a score of its own', arrange: with_({ 'S6.json': passed({ score: 60 }) }) },
      { name: 'of this version', arrange: with_({ 'S0.json': passed({ service: 'shop', version: 'v2' }) }) },
    ],
    closed: [
      {
        name: 'a required phase that the plan leaves out',
        options: { phases: ['S0'] },
        arrange: with_({ 'shop/S4-actions.json': null }),
        answer: 'hold',
        says: /S4/,
      },
      {
        name: 'an attestation that is longer than any is',
        arrange: with_({ 'S0.json': passed({ reason: 'x'.repeat(70_000) }) }),
        answer: 'refuse',
        says: /is longer than 65536 characters/,
      },
      {
        name: 'a required phase that is missing',
        arrange: with_({ 'shop/S4-actions.json': null }),
        answer: 'hold',
        says: /S4 pinned actions is missing: there is no report at shop\/S4-actions\.json.*leave a new attestation/,
      },
      {
        name: 'one that is too old',
        arrange: with_({ 'shop/S4-actions.json': passed({ at: ago(31) }) }),
        answer: 'hold',
        says: /S4 pinned actions is 31d old, and may be 30d/,
      },
      {
        name: 'one that failed',
        arrange: with_({ 'S0.json': { ...passed(), status: 'failed', reason: 'a host has drifted' } }),
        answer: 'refuse',
        says: /S0 infrastructure failed: a host has drifted.*; mend it, and leave a new attestation/,
      },
      {
        name: 'one of another version',
        arrange: with_({ 'shop/v2/S4-releases.json': passed({ version: 'v1' }) }),
        answer: 'refuse',
        says: /S4 signed releases is of version v1, not v2/,
      },
      {
        name: 'one that is dated ahead',
        arrange: with_({ 'S0.json': passed({ at: ago(-2) }) }),
        answer: 'hold',
        says: /S0 infrastructure is dated ahead/,
      },
      {
        name: 'too low a score',
        arrange: with_({ 'S0.json': passed({ score: 50 }), 'S6.json': passed({ score: 50 }) }),
        answer: 'refuse',
        says: /S0 infrastructure has a score of 50; .*score 66\.7, and 80 is the least/,
      },
      {
        name: 'too low a score that something missing may lift',
        options: { minScore: 100 },
        arrange: with_({ 'S6.json': null }),
        answer: 'hold',
        says: /S6 dashboards is missing.*score 66\.7, and 100 is the least/,
      },
      {
        name: 'a phase that there is not',
        options: { phases: ['S9'] },
        answer: 'refuse',
        says: /there is no phase S9; this gate has S0, S4, S6/,
      },
    ],
    missing: [
      { name: 'half an attestation', arrange: with_({ 'S0.json': '{"status": "pas' }) },
      { name: 'nobody who says so', arrange: with_({ 'S0.json': { status: 'passed', at: ago(1) } }) },
      { name: 'no time', arrange: with_({ 'S0.json': { status: 'passed', by: 'ann' } }) },
      {
        name: 'nothing at all',
        arrange: with_({ 'S0.json': null, 'shop/S4-actions.json': null, 'shop/v2/S4-releases.json': null }),
      },
    ],
    close,
  };
});

it('tells by control of each framework what is met, and keeps each attestation word by word', async () => {
  const { directory, lay, close } = evidence();
  lay({ 'S6.json': passed({ status: 'failed' }) });
  const gate = complianceGate.create({ directory, phases, minScore: 0 });
  const { facts, reports } = await gate.evaluate(
    questionFixture({ options: complianceGate.options.parse({}) }),
    AbortSignal.timeout(patientMs),
  );
  expect(facts).toMatchObject({
    complete: ['S0', 'S4'],
    incomplete: ['S6'],
    controls: {
      GDPR: { met: [], open: ['Art. 32'] },
      'ISO 27001': { met: ['A.8.30'], open: [] },
      SLSA: { met: ['Build L3'], open: [] },
      'SOC 2': { met: [], open: ['CC7.2', 'CC8.1'] },
    },
  });
  const report = JSON.parse(reports?.[0]?.content ?? '');
  expect(report.controls.SLSA).toEqual({ met: ['Build L3'], open: [] });
  expect(JSON.parse(report.phases[0].attestations[0].found.text)).toMatchObject({
    status: 'passed',
    by: 'ann',
  });
  await close();
});

it('has facts that a report reads without the raw report, and that stay small', async () => {
  const { directory, lay, close } = evidence();
  lay({ 'S6.json': passed({ status: 'failed' }) });
  const ids = Array.from({ length: 100 }, (_, index) => `a control with a long name, number ${index}`);
  const many = { ...phases, S0: { ...phases.S0, controls: { Own: ids } } };
  const factsOf = async (given: object) => {
    const gate = complianceGate.create({ directory, phases: given, minScore: 0 });
    const options = complianceGate.options.parse({});
    return (await gate.evaluate(questionFixture({ options }), AbortSignal.timeout(patientMs))).facts ?? {};
  };
  const answered = (facts: Readonly<Record<string, unknown>>): GateReport => ({
    name: 'phases',
    gate: 'phases',
    type: 'compliance',
    place: 'start',
    answer: 'open',
    reason: '',
    facts,
    reports: [],
    atMs: 0,
  });
  const nothing = { raw: () => null };
  const few = answered(await factsOf(phases));
  expect(controlsOf(nothing, few).map(({ id, met }) => [id, met])).toEqual(
    expect.arrayContaining([
      ['GDPR Art. 32', false],
      ['SOC 2 CC8.1', false],
      ['SLSA Build L3', true],
      ['ISO 27001 A.8.30', true],
    ]),
  );
  expect(unnamedIn(nothing, few)).toBe(0);
  const lots = answered(await factsOf(many));
  expect(JSON.stringify(lots.facts).length).toBeLessThan(3_000);
  expect(controlsOf(nothing, lots).length + unnamedIn(nothing, lots)).toBe(105);
  expect(controlsOf(nothing, lots).filter(({ met }) => !met)).toHaveLength(3);
  await close();
});
