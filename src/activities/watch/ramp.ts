/**
 * A gradual way back: the canary's share goes down in steps while the lease is kept and the checks are looked at. It
 * only ever ends; whatever goes wrong, and anything that looks worse, hands over to the restore at once.
 */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { messageOf } from '../../domain/errors.ts';
import type { RampConfig } from '../../domain/plan/types.ts';
import { pulseMs } from '../../domain/rollout/pace.ts';
import { nextStepMs, rampPercent } from '../../domain/rollout/ramp.ts';
import type { RampResult } from '../../domain/rollout/types.ts';
import { callSignal } from '../call-limit.ts';
import type { ActivityDeps } from '../deps.ts';
import { attemptEpoch, trafficOf } from '../targets.ts';
import type { RampInput } from '../types.ts';
import { asker } from './ask.ts';
import { restoreForTheGone } from './gone.ts';
import { Grip } from './grip.ts';
import { Lease } from './lease.ts';
import { Looks } from './looks.ts';
import { MeasuredShare } from './share.ts';

export function createRamp(deps: ActivityDeps): (input: RampInput) => Promise<RampResult> {
  return async (input) => {
    const { ramp } = input.plan.rollback;
    return ramp ? await new Descent(deps, input, ramp).run() : ended(input, 'the plan has no ramp');
  };
}

class Descent {
  private readonly deps: ActivityDeps;
  private readonly input: RampInput;
  private readonly ramp: RampConfig;
  private readonly startedMs: number;
  private readonly lease: Lease;
  private readonly looks: Looks;
  private readonly share: MeasuredShare;
  private readonly steps: { percent: number; atMs: number }[] = [];
  private grip: Grip | null = null;

  constructor(deps: ActivityDeps, input: RampInput, ramp: RampConfig) {
    const { plan, arms, stage, carry, elapsedMs } = input;
    const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
    this.deps = deps;
    this.input = input;
    this.ramp = ramp;
    this.startedMs = deps.clock.now() - elapsedMs;
    const side = trafficOf(deps.providers, plan);
    this.lease = new Lease({
      config: plan.lease,
      clock: deps.clock,
      liveness: deps.liveness,
      side,
      workflowId,
      runId,
      // Whoever dies half-way down must not leave a share beyond the time in which all should be back.
      notAfterMs: this.startedMs + plan.rollback.timeoutMs,
    });
    this.looks = new Looks({
      ask: asker(deps.providers, plan, arms, input.fromPercent),
      checks: plan.stages[stage]?.checks ?? [],
      intervalMs: plan.analysis.intervalMs,
      judgeFromMs: deps.clock.now() - carry.watchedMs,
      records: carry.checks,
      looks: carry.looks,
    });
    this.share = new MeasuredShare(side, arms.stableSlot, deps.clock, carry.canaryRequests);
  }

  async run(): Promise<RampResult> {
    const { clock } = this.deps;
    try {
      for (;;) {
        const elapsedMs = clock.now() - this.startedMs;
        const percent = rampPercent(this.input.fromPercent, this.ramp, elapsedMs);
        if (percent === 0) return this.end(null);
        const turned = await this.pulse(percent).catch(messageOf);
        if (turned !== null) return this.end(turned);
        heartbeat(this.steps.at(-1));
        const restMs = Math.min(pulseMs(this.input.plan), nextStepMs(this.ramp, elapsedMs) - elapsedMs);
        await clock.sleep(Math.max(1, restMs), cancellationSignal());
        if (cancellationSignal().aborted) return this.end('it is not wanted any more');
      }
    } finally {
      this.looks.stop();
    }
  }

  /** What is wrong, in words; null: nothing. Errors: those of the data plane. */
  private async pulse(percent: number): Promise<string | null> {
    const first = this.grip === null;
    if (this.steps.at(-1)?.percent !== percent) this.step(percent);
    const ending = await this.grip?.tighten();
    if (ending?.kind === 'gone') {
      await restoreForTheGone(trafficOf(this.deps.providers, this.input.plan), this.epoch);
      return 'the rollout is gone; its canary was stopped';
    }
    if (ending) return 'reason' in ending ? ending.reason : `the watch of the way back ended: ${ending.kind}`;
    if (this.grip?.trouble) return this.grip.trouble;
    if (first) await this.lease.renew(this.epoch, 'now');
    await this.share.measure(callSignal()).catch(() => {});
    const worse = this.looks.latest.find(({ kind }) => kind === 'fail');
    if (worse) return `it looks worse: ${worse.reason}`;
    this.looks.tick(this.deps.clock.now());
    return null;
  }

  private step(percent: number): void {
    const { plan, arms, carry } = this.input;
    this.steps.push({ percent, atMs: this.deps.clock.now() });
    this.grip = new Grip({
      side: trafficOf(this.deps.providers, plan),
      lease: this.lease,
      clock: this.deps.clock,
      // Those who came by a header leave first: they chose to be early.
      wanted: { stableSlot: arms.stableSlot, weightPercent: percent, match: null, epoch: this.epoch },
      tolerateDrift: false,
      reasserted: carry.reasserted,
    });
  }

  private get epoch(): number {
    return attemptEpoch(this.input.epoch, activityInfo().attempt);
  }

  private end(turned: string | null): RampResult {
    const { records, count } = this.looks;
    const { canaryRequests } = this.share;
    const carry = { ...this.input.carry, checks: records, looks: count, canaryRequests };
    return { steps: this.steps, turned, carry };
  }
}

function ended({ carry }: RampInput, turned: string): RampResult {
  return { steps: [], turned, carry };
}
