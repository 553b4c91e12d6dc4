/** Brings a real rollout into each phase of its life and holds it there until a test lets go. */
import type { Plan } from '../../src/domain/plan/types.ts';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import type { CommandName, Outcome, Phase, TimelineKind } from '../../src/domain/rollout/types.ts';
import { type ActivityTap, wholeBody } from './activity-tap.ts';
import { gateFixture, stageFixture } from './plan.ts';
import type { RolloutEnv, TestRollout } from './rollout-env.ts';

type LivePhase = Exclude<Phase, Outcome>;

interface Reach {
  readonly phase: LivePhase;
  /** The activity that is held at its beginning; null: the phase lasts by itself. */
  readonly holds: string | null;
  /** The line of the timeline after which the phase has begun, where nothing is held. */
  readonly begins?: TimelineKind;
  /** The rollout is turned round on the way. */
  readonly turned?: boolean;
  readonly soakMs: number;
  readonly approval?: boolean;
  /** Default: long, so that nothing ends while a test looks. */
  readonly watchAfterMs?: number;
  readonly noData?: boolean;
  /** A gate must open first. */
  readonly gated?: boolean;
  readonly legal: readonly CommandName[];
}

const long = 60_000;
const short = 300;

/** Clean-up has two lives: after a promotion and after a restore. */
export const reaches: Record<LivePhase | 'cleaning after restore', Reach> = {
  gating: { phase: 'gating', holds: 'gate', gated: true, soakMs: long, legal: ['rollback'] },
  preparing: { phase: 'preparing', holds: 'prepare', soakMs: long, legal: ['pause', 'rollback'] },
  shifting: { phase: 'shifting', holds: 'shift', soakMs: long, legal: ['pause', 'rollback'] },
  soaking: {
    phase: 'soaking',
    holds: null,
    begins: 'shifted',
    soakMs: long,
    legal: ['promote', 'pause', 'rollback'],
  },
  holding: {
    phase: 'holding',
    holds: null,
    begins: 'held',
    soakMs: short,
    noData: true,
    legal: ['promote', 'resume', 'rollback'],
  },
  approving: {
    phase: 'approving',
    holds: null,
    begins: 'approval-asked',
    soakMs: short,
    approval: true,
    legal: ['rollback', 'approve', 'reject'],
  },
  promoting: { phase: 'promoting', holds: 'promote', soakMs: short, legal: ['rollback'] },
  watching: {
    phase: 'watching',
    holds: null,
    begins: 'promoted',
    soakMs: short,
    legal: ['rollback'],
  },
  restoring: { phase: 'restoring', holds: 'restore', turned: true, soakMs: long, legal: ['rollback'] },
  cleaning: { phase: 'cleaning', holds: 'clean', soakMs: short, watchAfterMs: 0, legal: ['rollback'] },
  'cleaning after restore': {
    phase: 'cleaning',
    holds: 'clean',
    turned: true,
    soakMs: long,
    legal: ['rollback'],
  },
};
export type ReachName = keyof typeof reaches;

export interface Reached {
  readonly rollout: TestRollout;
  readonly status: RolloutStatus;
  letGo(): void;
}

export async function reach(
  env: RolloutEnv,
  tap: ActivityTap,
  name: ReachName,
  plan: Partial<Plan> & Pick<Plan, 'service'>,
): Promise<Reached> {
  const how = reaches[name];
  const workflowId = `rollout/test/${plan.service}`;
  const begun = signalled();
  const letGo = signalled();
  tap.taps.set(workflowId, async ({ execution, name: call }, act) => {
    if (call !== wholeBody || execution.type !== how.holds) return await act();
    begun.give();
    await letGo.given;
    return await act();
  });
  env.listeners.push((id, { kind }) => {
    if (id !== workflowId) return;
    if (kind === how.begins) begun.give();
    if (kind === 'shifted' && how.turned) void rollout.then((started) => started.signal('rollback'));
  });
  if (how.noData) env.metrics.set((query) => query.includes(plan.service), null);
  const rollout = env.start({ ...planOf(how, plan.service), ...plan });
  const started = await rollout;
  await begun.given;
  const status = await started.phase(how.phase);
  return { rollout: started, status, letGo: letGo.give };
}

function planOf(how: Reach, service: string): Partial<Plan> {
  const stage = stageFixture({ soakMs: how.soakMs, approval: how.approval ?? false });
  const checks = stage.checks.map((check) => ({
    ...check,
    query: { value: `success ${service} {{version}}`, samples: `samples ${service} {{version}}` },
  }));
  return {
    stages: [{ ...stage, checks }],
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    watchAfterMs: how.watchAfterMs ?? long,
    ...(how.gated ? { gates: [gateFixture()] } : {}),
  };
}

function signalled(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
