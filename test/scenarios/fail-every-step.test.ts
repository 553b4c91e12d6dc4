/**
 * Every call that a rollout makes is made to fail in every way, one at a time. The steps are recorded from whole
 * rollouts, so a new activity or a new call has its rows without an edit here. Whatever fails, the end is clean.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ThresholdCheck } from '../../src/domain/analysis/types.ts';
import { type Plan, type RollbackConfig, targetOf } from '../../src/domain/plan/types.ts';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { ActivityTap, type Call, type Execution, wholeBody } from '../support/activity-tap.ts';
import { planFixture, stageFixture, successCheck } from '../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';
import { RolloutWorld } from '../support/rollout-world.ts';
import {
  exemptionOf,
  type FaultMode,
  faultModes,
  type Step,
  StepFault,
  stepKey,
  stepOf,
} from '../support/step-faults.ts';

/**
 * How a rollout goes when nothing fails: to the end, or back: from a stage (at once, step by step, with actions and a
 * verification), from the watch after promotion, from its clean-up.
 */
const paths = ['good', 'back', 'back-ramp', 'back-phased', 'back-after', 'back-cold'] as const;
type Path = (typeof paths)[number];
const turnsEarly: readonly Path[] = ['back', 'back-ramp', 'back-phased'];
/** Where a way back differs from the plain one only in these, the rest of it is made to fail there already. */
const ownOf: Partial<Record<Path, readonly string[]>> = {
  'back-ramp': ['ramp'],
  'back-phased': ['act', 'verify'],
};

interface Row {
  readonly path: Path;
  readonly step: Step;
  readonly mode: FaultMode;
}

interface End {
  readonly status: RolloutStatus;
  readonly wrong: readonly string[];
  readonly struck: number;
}

const atOnce = 100;
/**
 * What a rollout does comes at its beginning and its end, so that a hundred in step would all want the processor at
 * once.
 */
const startEveryMs = 100;

const maxTurns = 4;
const approvesAfterMs = 3_000;
/** Time in which a restore that does not wait for the stop under way would get ahead of it. */
const stopsAfterMs = 500;
const endsWithinMs = 150_000;
/** Two minutes on a machine of its own; only one that hangs takes as long as this. */
const allWithinMs = 600_000;

const tap = new ActivityTap();
let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create({ tap });
});
afterAll(() => env.close());

describe('fail every step', () => {
  it(
    'ends promoted or rolled back, with nothing left behind, whatever fails and however',
    async () => {
      const recorded = await Promise.all(paths.map(async (path) => ({ path, steps: await record(path) })));
      const rows = rowsOf(recorded);
      for (const { path, steps } of recorded) {
        for (const step of steps) {
          const covered = faultModes.filter(
            (mode) =>
              exemptionOf(step, mode) !== null ||
              rows.some((row) => row.path === path && row.mode === mode && row.step === step),
          );
          expect(covered, `${path}: ${stepKey(step)}`).toEqual(faultModes);
        }
      }
      const ends = await inTurn(rows, atOnce, runRow);
      console.log(tableOf(rows, ends));
      const wrong = rows.flatMap((row, index) => {
        const end = ends[index];
        const problems = end?.struck === 0 ? ['the fault never struck'] : (end?.wrong ?? ['no end']);
        return problems.map((problem) => `${nameOf(row)}: ${problem}`);
      });
      expect(wrong).toEqual([]);
    },
    allWithinMs,
  );
});

/**
 * Runs the path without a fault and returns the steps that belong to it alone: for a way back, those after the turn.
 */
async function record(path: Path): Promise<readonly Step[]> {
  const seen = new Map<string, Step>();
  const executions = new Set<Execution>();
  const end = await run(path, `recorded-${path}`, (turned) => ({
    struck: 1,
    pending: [],
    unbound: () => {},
    around: (call, act) => {
      const own = ownOf[path] ?? [call.execution.type];
      const counts = path === 'good' || (turned() && own.includes(call.execution.type));
      if (call.name === wholeBody && counts) executions.add(call.execution);
      const step = stepOf(call);
      if (executions.has(call.execution)) seen.set(stepKey(step), step);
      return act();
    },
  }));
  expect(end.wrong, `${path} without a fault`).toEqual([]);
  expect(end.status.phase).toBe(path === 'good' ? 'promoted' : 'rolled-back');
  return [...seen.values()];
}

function rowsOf(recorded: readonly { path: Path; steps: readonly Step[] }[]): Row[] {
  return recorded.flatMap(({ path, steps }) =>
    steps.flatMap((step) =>
      faultModes.filter((mode) => exemptionOf(step, mode) === null).map((mode) => ({ path, step, mode })),
    ),
  );
}

/** A step that depends on how often a loop goes round may be missed; then the rollout is run again. */
async function runRow(row: Row, index: number): Promise<End> {
  let end: End | undefined;
  for (let turn = 1; turn <= maxTurns && !end?.struck; turn++) {
    end = await run(row.path, `row-${index}-${turn}`, () => new StepFault(row.step, row.mode, tap));
  }
  if (end === undefined) throw new Error('no turn was taken');
  return end;
}

type Fault = Pick<StepFault, 'struck' | 'pending' | 'unbound' | 'around'>;

async function run(path: Path, service: string, faultFor: (turned: () => boolean) => Fault): Promise<End> {
  const plan = planFor(path, service);
  const workflowId = `rollout/${targetOf(plan)}`;
  const world = new RolloutWorld(env.traffic, targetOf(plan));
  let turned = false;
  const fault = faultFor(() => turned);
  const steering = steer(path, workflowId, (kind) => {
    if (kind === 'restore-started') turned = true;
    if (kind === 'restored') world.noteRestored();
    // No limit binds from here on, and nothing but success ends it.
    if (kind === 'restore-started' || kind === 'promoted') fault.unbound();
  });
  tap.taps.set(workflowId, (call, act) =>
    fault.around(call, async () => {
      await steering.before(call);
      const answer = await act();
      await world.after(call);
      return answer;
    }),
  );
  const rollout = await env.start(plan);
  const status = await endOf(rollout);
  await Promise.race([Promise.all(fault.pending), sleep(5_000)]);
  return { status, wrong: await world.wrongAtEnd(status), struck: fault.struck };
}

async function endOf(rollout: TestRollout): Promise<RolloutStatus> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<RolloutStatus>((resolve, reject) => {
    timer = setTimeout(() => rollout.status().then(resolve, reject), endsWithinMs);
  });
  return await Promise.race([rollout.ended(), stuck]).finally(() => clearTimeout(timer));
}

/** Approves, and asks for a rollback where the path turns. */
function steer(path: Path, workflowId: string, note: (kind: string) => void) {
  const handle = env.client.workflow.getHandle(workflowId);
  /** On a busy machine Temporal may refuse; an ended rollout refuses for good. */
  const send = async (name: string, tries = 5): Promise<void> => {
    await handle.signal(name, { reason: path }).catch(async () => {
      await sleep(500);
      if (tries > 1) await send(name, tries - 1);
    });
  };
  const waited = new Set<string>();
  let approved = false;
  const approve = () => {
    if (!approved) void send('approve');
    approved = true;
  };
  /** Approves when the wait has gone round twice, or does not get that far. */
  const approveAfter = (call: Call) => {
    if (waited.size === 0) setTimeout(approve, approvesAfterMs);
    waited.add(stepOf(call).nth === 2 ? call.name : 'begun');
    if (waited.has('traffic.read') && waited.has('metrics.instant')) approve();
  };
  let asked = false;
  const turned = noticed();
  env.listeners.push((id, { kind }) => {
    if (id !== workflowId) return;
    note(kind);
    if (kind === 'shifted' && turnsEarly.includes(path)) void send('rollback');
    if (kind === 'promoted' && path === 'back-after') void send('rollback');
    if (kind === 'restore-started') turned.give();
  });
  return {
    /** The clean-up after a promotion is slow, and the rollback comes just before the old version is stopped. */
    before: async (call: Call) => {
      if (call.execution.label === 'watch(wait)#1') approveAfter(call);
      const { execution, name } = call;
      if (path !== 'back-cold' || execution.label !== 'clean#1' || name !== 'workload.stop') return;
      if (!asked) void send('rollback');
      asked = true;
      await Promise.race([turned.given, sleep(endsWithinMs, undefined, { ref: false })]);
      await sleep(stopsAfterMs);
    },
  };
}

function noticed(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** Two stages and an approval; the ways back are short, for what matters comes after the turn. */
function planFor(path: Path, service: string): Plan {
  const query = { value: `success ${service} {{version}}`, samples: `samples ${service} {{version}}` };
  const checks = [{ ...successCheck, query }];
  const first = stageFixture({ weightPercent: 10, soakMs: 600, checks });
  const second = stageFixture({ weightPercent: 50, soakMs: 600, checks, approval: true });
  return planFixture({
    service,
    stages: path === 'good' ? [first, second] : [first],
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    lease: { ttlMs: 15_000, orphanGraceMs: 15_000 },
    rollback: rollbackFor(path, checks),
    maxDurationMs: 22_000,
    watchAfterMs: 500,
  });
}

function rollbackFor(path: Path, checks: readonly ThresholdCheck[]): RollbackConfig {
  const { rollback } = planFixture();
  const base = { timeoutMs: 1_000, onFailure: 'continue' } as const;
  if (path === 'back-ramp') {
    return { ...rollback, timeoutMs: 4_000, strategy: 'gradual', ramp: { overMs: 1_600, steps: 2 } };
  }
  if (path !== 'back-phased') return { ...rollback, timeoutMs: 2_000 };
  return {
    ...rollback,
    timeoutMs: 2_000,
    strategy: 'phased',
    actions: [
      { action: 'flag-off', hook: 'flag', ...base },
      { action: 'scale-down', hook: null, ...base },
    ],
    verify: { checks, consecutive: 1, intervalMs: 200, timeoutMs: 1_000 },
  };
}

async function inTurn<T, R>(
  items: readonly T[],
  limit: number,
  act: (item: T, index: number) => Promise<R> | R,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let freeAtMs = 0;
  const place = async () => {
    const nowMs = performance.now();
    const mineMs = Math.max(freeAtMs, nowMs);
    freeAtMs = mineMs + startEveryMs;
    await sleep(mineMs - nowMs);
  };
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item === undefined) continue;
      await place();
      results[index] = await act(item, index);
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return results;
}

function nameOf({ path, step, mode }: Row): string {
  return `${path}: ${stepKey(step)} ${mode}`;
}

/**
 * Steps down, failures across; `+` promoted, `-` rolled back, `~` with something left behind that was said, `!` wrong.
 */
function tableOf(rows: readonly Row[], ends: readonly End[]): string {
  const lines = new Map<string, Map<FaultMode, string>>();
  for (const [index, row] of rows.entries()) {
    const name = `${row.path}: ${stepKey(row.step)}`;
    const line = lines.get(name) ?? new Map<FaultMode, string>();
    lines.set(name, line.set(row.mode, markOf(ends[index])));
  }
  const width = Math.max(...[...lines.keys()].map((name) => name.length));
  const head = `${''.padEnd(width)}  ${faultModes.join('  ')}`;
  const body = [...lines].map(
    ([name, marks]) =>
      `${name.padEnd(width)}  ${faultModes.map((mode) => (marks.get(mode) ?? '').padEnd(mode.length)).join('  ')}`,
  );
  return [`${rows.length} rollouts, each with one fault`, head, ...body].join('\n');
}

function markOf(end: End | undefined): string {
  if (!end || end.wrong.length > 0 || end.struck === 0) return '!';
  const said = end.status.timeline.some(({ kind }) => kind === 'clean-up-failed') ? '~' : '';
  return `${end.status.phase === 'promoted' ? '+' : '-'}${said}`;
}
