/**
 * Atlas's plan and summit's, with every gate that they name: real gates against a registry, a Prometheus, servers and
 * files. With good inputs they promote; with a bad one they stop before traffic moves, and say what to do.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/activities/deps.ts';
import type { GateConfig } from '../../src/domain/gates/types.ts';
import { parsePlanText } from '../../src/domain/plan/schema.ts';
import { type Plan, targetOf } from '../../src/domain/plan/types.ts';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { createRegistry, type ProviderRegistry } from '../../src/providers/registry.ts';
import { type GatedWorld, startGatedWorld } from '../support/gated-world.ts';
import { planFixture, stageFixture } from '../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';

const hourMs = 3_600_000;
const folder = resolve(import.meta.dirname, '../../examples/plans');
let world: GatedWorld;
let registry: ProviderRegistry;
let env: RolloutEnv;
let aheadMs = 0;

beforeAll(async () => {
  world = await startGatedWorld(join(folder, 'sluice.yaml'));
  registry = createRegistry(world.config);
  const clock = { now: () => Date.now() + aheadMs, sleep: systemClock.sleep };
  // Looks follow each other sooner than they would.
  const gates = (name: string) => ({ ...registry.gate(name), intervalMs: 250 });
  env = await RolloutEnv.create({ gates, clock });
});
afterAll(async () => {
  await env?.close();
  await registry?.close();
  await world?.stop();
});
beforeEach(() => {
  aheadMs = 0;
  world.allWell();
});

type Changes = Readonly<Record<string, { readonly options?: object; readonly timeoutMs?: number }>>;

/** The plan's own gates, on a data plane in memory, with stages of a moment. `changes`: by the name of a gate. */
function planOf(file: 'atlas' | 'summit-internal', environment: string, changes: Changes = {}): Plan {
  const result = parsePlanText(readFileSync(join(folder, `${file}.yaml`), 'utf8'), registry.catalogue);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { gates = [], guards = [], stages, artifact = {}, service, version } = result.plan;
  const changed = <T extends GateConfig>(all: readonly T[]) =>
    all.map((one): T => {
      const { options = {}, timeoutMs = one.timeoutMs } = changes[one.name] ?? {};
      const always = one.type === 'window' ? { days: everyDay, from: '00:00', to: '24:00' } : {};
      return { ...one, timeoutMs, options: { ...one.options, ...always, ...options } };
    });
  return planFixture({
    service,
    // Each rollout has a target of its own.
    environment,
    version,
    artifact: { ...artifact, image: world.image },
    gates: changed(gates),
    guards: changed(guards),
    stages: stages.map((one) =>
      stageFixture({ soakMs: 1_000, ...(one.gates === undefined ? {} : { gates: changed(one.gates) }) }),
    ),
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    watchAfterMs: 0,
    workload: { name: 'external', options: { slots: { blue: 'v1', green: version } } },
  });
}

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const everyDay = days;
/** Not today, whatever the time zone. */
const farDay = () => [days[(new Date().getUTCDay() + 3) % 7]];

async function approved(rollout: TestRollout, ...people: readonly string[]): Promise<void> {
  await rollout.phase('gating');
  for (const actor of people) await rollout.update('approve', { actor, reason: 'looked at it' });
}

/** Nothing but gates was asked: no data plane, no workload. */
async function expectUntouched(
  { phase, outcome, arms }: RolloutStatus,
  { plan }: TestRollout,
): Promise<void> {
  expect({ phase, outcome, arms }).toEqual({ phase: 'refused', outcome: 'refused', arms: null });
  expect((await env.traffic.read({ id: targetOf(plan), options: {} })).epoch).toBe(0);
}

it.each([
  ['atlas', ['sam', 'dan']],
  ['summit-internal', ['rita']],
] as const)('%s promotes when all is well', async (file, people) => {
  const plan = planOf(file, 'well');
  const rollout = await env.start(plan);
  await approved(rollout, ...people);
  const { phase, gates = [], refusal } = await rollout.ended();
  expect({ phase, refusal }).toEqual({ phase: 'promoted', refusal: undefined });
  const before = gates.filter(({ place }) => place === 'start');
  expect(before.map(({ name, answer }) => `${name} ${answer}`).toSorted()).toEqual(
    (plan.gates ?? []).map(({ name }) => `${name} open`).toSorted(),
  );
  const raw = before.filter(({ reports }) => reports.length > 0).map(({ type }) => type);
  expect(new Set(raw).size).toBeGreaterThanOrEqual(file === 'atlas' ? 6 : 5);
});

describe('before any traffic moves, the rollout stops with', () => {
  const soon = { timeoutMs: 500 };
  const bad: readonly (readonly [string, () => void, Changes, RegExp])[] = [
    [
      'an image that nobody has signed',
      () => world.roll('unsigned'),
      { signature: soon },
      /signature: it did not open within 500ms: nothing gives a signature of sha256:\w+; sign it: cosign sign/,
    ],
    [
      'one critical finding',
      () => world.find('CRITICAL'),
      {},
      /vulnerabilities: CVE-2030-1 \(critical\) in openssl 3\.0\.1, mended in 3\.0\.2; mend them, or have an exception/,
    ],
    [
      'a phase that nobody attests',
      () => world.forget('atlas/S3.json'),
      { 'atlas-compliance': soon },
      /atlas-compliance: it did not open within 500ms: S3 transport is missing: there is no report at atlas\/S3\.json.*leave a new attestation/,
    ],
    [
      'a bill of materials that is too old',
      () => world.age(31),
      { sbom: soon },
      /sbom: it did not open within 500ms: it is 31d old, and may be 30d; let the build make it anew/,
    ],
    [
      'a window that is closed',
      () => {},
      { window: { ...soon, options: { days: farDay() } } },
      /window: it did not open within 500ms: closed until .*; nothing needs to be done/,
    ],
  ];

  it.each(bad)('%s', async (name, arrange, changes, says) => {
    arrange();
    const rollout = await env.start(planOf('atlas', name.replaceAll(' ', '-'), changes));
    const status = await rollout.ended();
    expect(status.refusal).toMatch(says);
    await expectUntouched(status, rollout);
  });

  it('the yes of whoever started it, which is refused at once, and does not count when it is forced in', async () => {
    const rollout = await env.start(planOf('summit-internal', 'self', { approval: { timeoutMs: hourMs } }));
    await rollout.phase('gating');
    await expect(rollout.update('approve', { actor: 'ann' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('ask somebody else') },
    });
    await rollout.signal('approve', { actor: 'ann' });
    await rollout.until('to refuse it', ({ timeline }) =>
      timeline.some(({ kind, actor }) => kind === 'command-refused' && actor === 'ann'),
    );
    aheadMs = hourMs;
    const status = await rollout.ended();
    expect(status.refusal).toMatch(
      /approval: it did not open within 1h: needs 1 approval of release-captain, not of ann.*sluice approve self\/summit-server/,
    );
    await expectUntouched(status, rollout);
  });

  it('an approval that has expired before the other one came', async () => {
    const rollout = await env.start(planOf('atlas', 'expired'));
    await approved(rollout, 'sam');
    aheadMs = 73 * hourMs;
    const status = await rollout.ended();
    expect(status.refusal).toMatch(
      /approval: it did not open within 3d: .*that of sam does not count: it has expired/,
    );
    await expectUntouched(status, rollout);
  });
});
