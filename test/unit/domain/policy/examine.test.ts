import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../../src/domain/plan/types.ts';
import { examine } from '../../../../src/domain/policy/examine.ts';
import type { Examination, Policy, Standing } from '../../../../src/domain/policy/types.ts';
import { gateFixture, planFixture } from '../../../support/plan.ts';

const policy = (overrides: Partial<Policy> = {}): Policy => ({
  name: 'production',
  reason: 'users pay here',
  level: 'mandatory',
  environments: ['prod*'],
  services: null,
  require: { minStages: 3 },
  mandate: { gates: [], guards: [] },
  ...overrides,
});
const prod = planFixture({ environment: 'prod-eu' });
const warning = { path: 'watchAfter', message: 'nobody watches' };

function look(plan: Plan, policies: readonly Policy[], more: Partial<Examination> = {}) {
  const set = { policies, sha256: 'abc' };
  return examine(plan, { set, standings: new Map(), warnings: [], strict: false, reach: 'service', ...more });
}

describe('a plan and the policies of its operator', () => {
  it('is refused with the field, what to change, and the policy’s name and reason', () => {
    expect(look(prod, [policy()]).problems).toEqual([
      {
        path: 'stages',
        message: 'has 2; write at least 3 stages (policy "production": users pay here)',
        kind: 'policy',
        policy: 'production',
      },
    ]);
  });

  it('is only warned by an advisory one', () => {
    const { problems, warnings } = look(prod, [policy({ level: 'advisory' })]);
    expect({ problems, warned: warnings.map(({ policy: name }) => name) }).toEqual({
      problems: [],
      warned: ['production'],
    });
  });

  it('is bound by environment and service, and records which policies it was checked against', () => {
    const others = [
      policy({ name: 'search', services: ['search-*'] }),
      policy({ name: 'all', environments: null, require: {} }),
    ];
    const { plan, problems } = look(prod, others);
    expect({ problems, policies: plan.policies }).toEqual({
      problems: [],
      policies: { sha256: 'abc', names: ['all'] },
    });
    expect(look(prod, []).plan).not.toHaveProperty('policies');
  });

  it('gets mandated gates, unless it asks the very same itself', () => {
    const two = {
      ...gateFixture({ name: 'captains', gate: 'people', type: 'approval' }),
      options: { count: 2 },
    };
    const mandate = {
      gates: [two],
      guards: [{ ...gateFixture({ name: 'freeze' }), onRefuse: 'hold' as const }],
    };
    const bound = [policy({ require: { gates: ['people'] }, mandate })];
    const given = look(prod, bound).plan;
    expect(given.gates).toEqual([two]);
    expect(given.guards?.map(({ name }) => name)).toEqual(['freeze']);
    const weaker = { ...two, options: { count: 1 } };
    const same = { ...two, name: 'mine' };
    expect(
      look({ ...prod, gates: [weaker] }, bound).plan.gates?.map(({ name, options }) => [name, options]),
    ).toEqual([
      ['captains', { count: 1 }],
      ['captains (production)', { count: 2 }],
    ]);
    expect(look({ ...prod, gates: [same] }, bound).plan.gates).toEqual([same]);
  });

  it('has the stricter of two policies about approvals by the author win', () => {
    const approval = (notAuthor: boolean) =>
      gateFixture({ name: 'captain', type: 'approval', options: { count: 1, notAuthor } });
    const mandating = policy({
      name: 'captain',
      require: {},
      mandate: { gates: [approval(false), gateFixture({ name: 'ci' })], guards: [] },
    });
    const forbidding = (level: Policy['level']) =>
      policy({ name: 'four eyes', level, require: { notAuthor: true } });
    for (const both of [
      [mandating, forbidding('mandatory')],
      [forbidding('mandatory'), mandating],
    ]) {
      const { plan, problems } = look(prod, both);
      expect(plan.gates).toEqual([approval(true), gateFixture({ name: 'ci' })]);
      expect(problems).toEqual([]);
    }
    // Its own is its author's to mend.
    const own = look({ ...prod, gates: [approval(false)] }, [mandating, forbidding('mandatory')]);
    expect(own.problems.map(({ path }) => path)).toEqual(['gates[0].notAuthor']);
    const advised = look(prod, [mandating, forbidding('advisory')]);
    expect(advised.plan.gates?.[0]).toEqual(approval(false));
    expect(advised.warnings.map(({ path }) => path)).toEqual(['gates[0].notAuthor']);
  });

  it('cannot take the place of a mandated gate by any name', () => {
    const captain = gateFixture({ name: 'captain', gate: 'people', type: 'approval' });
    const own = [
      gateFixture({ name: 'captain', gate: 'window' }),
      gateFixture({ name: 'captain (production)', gate: 'image' }),
    ];
    const bound = [policy({ require: {}, mandate: { gates: [captain], guards: [] } })];
    expect(look({ ...prod, gates: own }, bound).plan.gates?.map(({ name, gate }) => [name, gate])).toEqual([
      ['captain', 'window'],
      ['captain (production)', 'image'],
      ['captain (production 2)', 'people'],
    ]);
  });

  it('has no more gates than a plan may have', () => {
    const many = Array.from({ length: 20 }, (_, at) => gateFixture({ name: `g${at}` }));
    const mandate = { gates: [gateFixture({ name: 'one more', gate: 'other' })], guards: [] };
    expect(look({ ...prod, gates: many }, [policy({ require: {}, mandate })]).problems).toMatchObject([
      { path: 'gates' },
    ]);
  });
});

describe('strictness', () => {
  it('makes refusals of warnings, whoever asks for it', () => {
    for (const { problems, warnings } of [
      look(prod, [], { warnings: [warning], strict: true }),
      look(prod, [policy({ require: { strict: true } })], { warnings: [warning] }),
    ]) {
      expect(problems).toEqual([
        { ...warning, kind: 'practice', message: 'nobody watches (warnings refuse here)' },
      ]);
      expect(warnings).toEqual([]);
    }
  });

  it('never refuses for a recommendation', () => {
    const { problems, recommendations } = look(prod, [], { strict: true });
    expect(problems).toEqual([]);
    expect(recommendations.map(({ path }) => path)).toContain('rollback.secondMeans');
  });
});

describe('what a plan depends on', () => {
  const dependsOn = [{ service: 'pricing', environment: 'prod-eu', version: 'v7', idle: true }];
  const at = (standing: Standing) =>
    look({ ...prod, dependsOn }, [], { standings: new Map([['prod-eu/pricing', standing]]) });

  it('must have been rolled out, in the version that is named', () => {
    expect(at({ promoted: 'v7', rolling: null }).problems).toEqual([]);
    expect(at({ promoted: 'v6', rolling: null }).problems).toEqual([
      {
        path: 'dependsOn[0].version',
        kind: 'dependency',
        message: 'prod-eu/pricing is on v6, not on v7; roll that out first',
      },
    ]);
    expect(at({ promoted: null, rolling: null }).problems[0]?.message).toMatch(/no version that is known/);
  });

  it('must not be rolled out at the same time, unless the plan lets it', () => {
    const rolling = { promoted: 'v7', rolling: 'v8' };
    expect(at(rolling).problems).toMatchObject([
      { path: 'dependsOn[0]', message: expect.stringContaining('v8') },
    ]);
    const lenient = dependsOn.map((one) => ({ ...one, idle: false }));
    const standings = new Map([['prod-eu/pricing', rolling]]);
    expect(look({ ...prod, dependsOn: lenient }, [], { standings }).problems).toEqual([]);
  });
});
