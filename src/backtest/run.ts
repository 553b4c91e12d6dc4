/** Runs a rollout over history: the rollout's own state machine and checks, with every query asked as of its time. */
import type { Providers } from '../activities/deps.ts';
import { asker } from '../activities/watch/ask.ts';
import { isProbe } from '../domain/analysis/kinds.ts';
import { SluiceError } from '../domain/errors.ts';
import { type Plan, type Stage, targetOf } from '../domain/plan/types.ts';
import { begun, effectOf, leniencyOf } from '../domain/rollout/effects.ts';
import { apply, initialState } from '../domain/rollout/machine.ts';
import type { Arms, Effect, RolloutState } from '../domain/rollout/types.ts';
import type { MetricsProvider } from '../providers/metrics/types.ts';
import { LookBudget, refuseUnbounded } from './limits.ts';
import { outcomeOf } from './outcome.ts';
import { asOf, PastClock } from './past.ts';
import { StageTrace } from './trace.ts';
import type { Backtest, BacktestRequest } from './types.ts';
import { watchPast } from './watch.ts';

/**
 * What would have happened to the rollout between the two times. Errors: `request-invalid`; whatever the source says or
 * does not say is part of the answer. When `signal` aborts, the answer is what was found until then.
 */
export async function runBacktest(
  request: BacktestRequest,
  provider: MetricsProvider,
  signal: AbortSignal,
): Promise<Backtest> {
  refuseUnbounded(request);
  return await new Run(request, provider, signal).toItsEnd();
}

class Run {
  private readonly request: BacktestRequest;
  private readonly plan: Plan;
  private readonly arms: Arms;
  private readonly clock: PastClock;
  private readonly providers: Providers;
  private readonly budget: LookBudget;
  private readonly traces: StageTrace[] = [];
  private state: RolloutState;

  constructor(request: BacktestRequest, provider: MetricsProvider, signal: AbortSignal) {
    const { fromMs, stableVersion } = request;
    this.request = request;
    this.plan = planFor(request);
    this.arms = { stableSlot: 'blue', stableVersion, canaryVersion: request.plan.version };
    this.clock = new PastClock(fromMs);
    this.providers = onlyMetrics(asOf(this.clock, provider));
    this.budget = new LookBudget(signal);
    const start = initialState({ plan: this.plan, actor: 'backtest', reason: '', atMs: fromMs });
    this.state = apply(start, { kind: 'prepared', arms: this.arms, epochBase: 0, note: null }, fromMs);
  }

  async toItsEnd(): Promise<Backtest> {
    while (await this.step(effectOf(this.state)));
    const { request, state, budget } = this;
    const { fromMs, toMs, stableVersion: stable } = request;
    const nowMs = this.clock.now();
    return {
      target: targetOf(this.plan),
      canary: this.plan.version,
      stable,
      fromMs,
      toMs,
      outcome: outcomeOf(state, { fromMs, nowMs, oneStage: request.stage !== null, over: budget.over }),
      looks: budget.looks,
      stages: state.reports.flatMap(
        ({ startedAtMs, endedAtMs, ending }, index) =>
          this.traces[index]?.ended(startedAtMs, endedAtMs ?? nowMs, ending) ?? [],
      ),
      timeline: state.timeline.map(({ atMs, kind, text }) => ({ atMs, kind, text })),
      notes: notesOf(request),
    };
  }

  /** Whether there is another step. */
  private async step(effect: Effect): Promise<boolean> {
    if (effect.kind === 'shift') {
      const stage = this.stageAt(effect.stage);
      this.traces.push(new StageTrace(stage));
      this.advance({ kind: 'shifted', readWeightPercent: stage.weightPercent });
      return true;
    }
    // A frozen rollout changes no more without a person.
    if (effect.kind !== 'watch' || effect.mode === 'after' || leniencyOf(this.state) === 'frozen')
      return false;
    const { plan, arms, providers, clock, budget, state } = this;
    const stage = this.stageAt(effect.stage);
    const trace = this.traces[effect.stage];
    const result = await watchPast({
      deps: { providers, clock },
      ask: asker(providers, plan, arms, stage.weightPercent),
      plan,
      stage,
      stableVersion: arms.stableVersion,
      mode: effect.mode,
      leniency: leniencyOf(state),
      awaitsRecovery: state.hold?.kind === 'dependency',
      carry: state.carry,
      untilMs: this.request.toMs,
      onLooked(verdicts) {
        trace?.take(verdicts);
        budget.spend(verdicts);
        return budget.over !== null;
      },
    });
    if (result !== null) this.advance({ kind: 'watched', result });
    return result !== null;
  }

  private advance(event: Parameters<typeof apply>[1]): void {
    this.state = apply(begun(this.state), event, this.clock.now());
  }

  private stageAt(index: number): Stage {
    const stage = this.plan.stages[index];
    if (stage === undefined) throw new SluiceError('internal', `the plan has no stage ${index}`);
    return stage;
  }
}

/** Nobody can be asked in the past, and a probe knows the present only. */
function planFor({ plan, stage, sharePercent }: BacktestRequest): Plan {
  const chosen = plan.stages.filter((_, index) => stage === null || index === stage - 1);
  const stages = chosen.map((one) => ({
    ...one,
    approval: false,
    weightPercent: sharePercent ?? one.weightPercent,
    checks: one.checks.filter((check) => !isProbe(check)),
  }));
  return { ...plan, stages };
}

function notesOf({ plan, stage }: BacktestRequest): string[] {
  const chosen = plan.stages.filter((_, index) => stage === null || index === stage - 1);
  const probes = new Set(chosen.flatMap(({ checks }) => checks.filter(isProbe).map(({ name }) => name)));
  const approved = chosen.filter(({ approval }) => approval).map(({ name }) => `"${name}"`);
  return [
    ...(probes.size === 0 ? [] : [`left out, since probes have no history: ${[...probes].join(', ')}`]),
    ...(approved.length === 0 ? [] : [`taken as approved at once: stage ${approved.join(', ')}`]),
  ];
}

function onlyMetrics(metrics: MetricsProvider): Providers {
  const none = () => {
    throw new SluiceError('provider-unknown', 'A backtest has metrics only.');
  };
  return { metrics: () => metrics, traffic: none, workload: none, health: none, alerts: none, hook: none };
}
