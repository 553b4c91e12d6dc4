/** Every command in every phase, as signal and as update; cancellation in every phase; floods; and long histories. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewOf } from '../../src/api/temporal/view.ts';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { type CommandName, commandNames } from '../../src/domain/rollout/types.ts';
import { effectivePercent } from '../../src/providers/traffic/types.ts';
import { ActivityTap } from '../support/activity-tap.ts';
import { type Reached, type ReachName, reach, reaches } from '../support/phase-reach.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';
import { taskFailures } from '../support/task-failures.ts';

const tap = new ActivityTap();
let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create({ tap });
});
afterAll(() => env.close());

const phases = Object.keys(reaches) as ReachName[];
const ways = ['update', 'signal'] as const;
/** Windows are overridden in `lessons-of-gates.test.ts`. */
type Steering = Exclude<CommandName, 'override' | 'confirm'>;
const steering = commandNames.filter((name): name is Steering => name !== 'override' && name !== 'confirm');

describe.concurrent('every signal in every state', () => {
  it.each(phases)(
    '%s: legal commands take effect, others are refused, and the end is clean',
    async (phase) => {
      const cases = steering.flatMap((name) => ways.map((way) => ({ name, way })));
      await Promise.all(
        cases.map(async ({ name, way }) => {
          const reached = await reach(env, tap, phase, { service: serviceOf(phase, name, way) });
          const { status: before, rollout } = reached;
          expect(before.legal, phase).toEqual(
            commandNames.filter((one) => reaches[phase].legal.includes(one)),
          );
          const after = await (way === 'update' ? byUpdate : bySignal)(rollout, name, before);
          const legal = before.legal.includes(name);
          if (legal) expect(effects[name](before, after), `${name} while ${phase}`).toBe(true);
          else expect(placeOf(after), `${name} while ${phase}`).toEqual(placeOf(before));
          await endsClean(reached, phase === 'cleaning' && name !== 'rollback' ? 'promoted' : 'rolled-back');
        }),
      );
    },
  );

  it.each(phases)('%s: cancellation from Temporal rolls back', async (phase) => {
    const reached = await reach(env, tap, phase, { service: serviceOf(phase, 'cancel') });
    await reached.rollout.handle.cancel();
    const status = await reached.rollout.until('to go back', ({ cause }) => cause !== null);
    expect(status.cause?.kind).toBe(reaches[phase].turned ? 'command' : 'cancel');
    await endsClean(reached, 'rolled-back');
  });

  it.each(['promoted', 'rolled-back'] as const)('%s: the ended run takes no message', async (outcome) => {
    const phase = outcome === 'promoted' ? 'cleaning' : 'cleaning after restore';
    const reached = await reach(env, tap, phase, { service: `signal-${outcome}` });
    await endsClean(reached, outcome);
    for (const name of commandNames) {
      await expect(reached.rollout.signal(name)).rejects.toThrow(/not found|already completed/);
      await expect(reached.rollout.update(name)).rejects.toThrow(/not found|already completed/);
    }
    expect((await reached.rollout.status()).phase).toBe(outcome);
  });
});

describe('a flood of 2,000 signals', () => {
  it('neither holds up a rollback nor lets the timeline grow without bound', async () => {
    const { rollout, letGo } = await reach(env, tap, 'soaking', { service: 'flood' });
    await inBatches(2_000, 100, (index) => rollout.signal(...floodSignal(index)));
    await rollout.signal('rollback', { reason: 'after the flood' });
    letGo();
    const status = await rollout.ended();
    expect(status).toMatchObject({ phase: 'rolled-back', cause: { reason: 'after the flood' } });
    const kinds = status.timeline.map(({ kind }) => kind);
    expect(kinds).not.toContain('restore-late');
    expect(kinds[0]).toBe('started');
    expect(kinds).toContain('restored');
    expect(status.timeline.length).toBeLessThanOrEqual(300);
    expect(status.timeline.length + status.droppedEntries).toBeGreaterThan(2_000);
    expect(await taskFailures(rollout.handle)).toEqual([]);
  });
});

describe('a rollout whose history gets long', () => {
  const longTap = new ActivityTap();
  let long: RolloutEnv;
  beforeAll(async () => {
    const suggestAt = 'limit.historyCount.suggestContinueAsNew=40';
    long = await RolloutEnv.create({ tap: longTap, serverArgs: ['--dynamic-config-value', suggestAt] });
  });
  afterAll(() => long.close());

  it('continues as new without losing its soak, its pause or its story', async () => {
    const inputs: { label: string; runId: string; watchedMs: number }[] = [];
    const { rollout } = await reach(long, longTap, 'soaking', { service: 'long-soak', watchAfterMs: 300 });
    const firstRun = (await rollout.handle.describe()).runId;
    let glances = 0;
    longTap.taps.set(rollout.handle.workflowId, async ({ execution, name }, act) => {
      const { label, runId, input } = execution;
      if (name === 'traffic.read') glances += 1;
      const known = inputs.some((one) => one.label === label);
      if (!known && label.startsWith('watch')) inputs.push({ label, runId, watchedMs: watchedIn(input) });
      return await act();
    });
    await inBatches(60, 20, (index) => rollout.signal('explode', { index }));
    // Time is watched between two looks at the data plane.
    const before = glances;
    await expect.poll(() => glances).toBeGreaterThan(before + 2);
    await rollout.update('pause', { reason: 'look' });
    await rollout.until('to continue paused', () => inputs.some(({ label }) => label === 'watch(wait)#1'));
    expect(
      await long.client.workflow.getHandle(rollout.handle.workflowId, firstRun).describe(),
    ).toMatchObject({
      status: { name: 'CONTINUED_AS_NEW' },
    });
    expect((await rollout.status()).paused).toBe(true);
    // Whoever names the first run means the rollout.
    const named = { environment: 'test', service: 'long-soak', runId: firstRun };
    const shown = await viewOf({ client: long.client, address: 'a test' }, named);
    expect(shown).toMatchObject({ temporalStatus: 'RUNNING', status: { paused: true } });
    await rollout.update('resume');
    // It may have continued as new in the soak already, on a slow machine.
    const fromWait = () => inputs.slice(inputs.findIndex(({ label }) => label === 'watch(wait)#1'));
    const soakAfter = () => fromWait().find(({ label }) => label.startsWith('watch(soak)'));
    await rollout.until('to soak on', () => soakAfter() !== undefined);
    const [waiting, soaking] = [fromWait()[0], soakAfter()];
    expect(waiting?.runId).not.toBe(firstRun);
    expect(waiting?.watchedMs).toBeGreaterThan(0);
    expect(soaking?.watchedMs).toBe(waiting?.watchedMs);
    await rollout.signal('promote', { full: true });
    const status = await rollout.ended();
    expect(status.phase).toBe('promoted');
    const kinds = status.timeline.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'started')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'shifted')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'message-malformed')).toHaveLength(60);
  });

  it('takes each signal once, whichever of its runs it meets', async () => {
    const { rollout } = await reach(long, longTap, 'soaking', { service: 'long-signals' });
    for (const name of ['pause', 'resume', 'pause', 'resume']) {
      await inBatches(25, 25, () => rollout.signal('approve', { actor: randomUUID() }));
      await rollout.update(name as CommandName);
    }
    await rollout.signal('rollback', { reason: 'enough' });
    const status = await rollout.ended();
    expect(status.phase).toBe('rolled-back');
    const actors = status.timeline.filter(({ kind }) => kind === 'command-refused').map(({ actor }) => actor);
    expect(actors).toHaveLength(100);
    expect(new Set(actors).size).toBe(100);
  });
});

/** What a legal command does, seen from outside right after it was taken. */
const effects: Record<Steering, (before: RolloutStatus, after: RolloutStatus) => boolean> = {
  promote: (before, after) => after.phase !== before.phase && after.reports[0]?.ending === 'promoted-by-hand',
  pause: (_, after) => after.paused,
  resume: (before, after) => !after.paused && (after.holdReason === null || holdsIn(after) > holdsIn(before)),
  rollback: (_, after) => after.cause?.kind === 'command',
  approve: (_, after) => after.phase !== 'approving' && after.cause === null,
  reject: (_, after) => after.cause?.kind === 'rejected',
};

async function byUpdate(
  rollout: TestRollout,
  name: CommandName,
  before: RolloutStatus,
): Promise<RolloutStatus> {
  if (before.legal.includes(name)) return await rollout.update(name, { reason: 'test' });
  await expect(rollout.update(name)).rejects.toMatchObject({ cause: { message: /\w+ \w+/ } });
  return await rollout.status();
}

async function bySignal(
  rollout: TestRollout,
  name: CommandName,
  before: RolloutStatus,
): Promise<RolloutStatus> {
  await rollout.signal(name, { actor: 'sig', reason: 'test' });
  const noted = ({ timeline }: RolloutStatus) => timeline.find(({ actor }) => actor === 'sig');
  const after = await rollout.until(`to note ${name}`, (status) => noted(status) !== undefined);
  expect(noted(after)?.kind).toBe(before.legal.includes(name) ? 'command' : 'command-refused');
  return after;
}

async function endsClean({ rollout, letGo }: Reached, outcome: 'promoted' | 'rolled-back'): Promise<void> {
  // One that is on its way back may end at any moment.
  const turns = outcome === 'rolled-back' && (await rollout.status()).cause === null;
  if (turns) await rollout.signal('rollback', { reason: 'the end' });
  letGo();
  const status = await rollout.ended();
  expect(status.phase, rollout.handle.workflowId).toBe(outcome);
  const state = await env.traffic.read({ id: status.target, options: {} });
  expect(effectivePercent(state, Date.now())).toBe(0);
  expect(state.stableSlot, rollout.handle.workflowId).toBe(outcome === 'promoted' ? 'green' : 'blue');
  expect(await taskFailures(rollout.handle)).toEqual([]);
}

/** Whoever looks late finds a resumed rollout held anew. */
function holdsIn({ timeline }: RolloutStatus): number {
  return timeline.filter(({ kind }) => kind === 'held').length;
}

function placeOf({ phase, stage, paused, cause }: RolloutStatus): unknown {
  return { phase, stage, paused, cause };
}

function serviceOf(...parts: readonly string[]): string {
  return ['signal', ...parts].join('-').replaceAll(' ', '-');
}

function floodSignal(index: number): [string, unknown] {
  const signals: [string, unknown][] = [
    ['pause', { actor: `p${index}` }],
    ['resume', { actor: `r${index}` }],
    ['approve', { reason: 'not asked for' }],
    ['reject', 'just a text'],
    ['promote', { full: 'yes' }],
    ['rollback', { reason: 42 }],
    ['explode', { index }],
    ['pause', { reason: 'x'.repeat(600) }],
  ];
  return signals[index % signals.length] ?? ['explode', null];
}

async function inBatches(
  count: number,
  size: number,
  act: (index: number) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < count; from += size) {
    const indexes = Array.from({ length: Math.min(size, count - from) }, (_, at) => from + at);
    await Promise.all(indexes.map(act));
  }
}

function watchedIn(input: unknown): number {
  const carry = typeof input === 'object' && input !== null && 'carry' in input ? input.carry : null;
  return typeof carry === 'object' && carry !== null && 'watchedMs' in carry ? Number(carry.watchedMs) : 0;
}
