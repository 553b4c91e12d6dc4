/**
 * `watch`, the heart: runs whenever the canary may take traffic. Each pulse it reads the data plane back, renews the
 * lease, looks at the checks when they are due, and heartbeats what it has gathered; it returns when it has an answer.
 */
import { setMaxListeners } from 'node:events';
import { activityInfo, Context, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { messageOf } from '../../domain/errors.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { heartbeatTimeoutMs, plannedMs, pulseMs } from '../../domain/rollout/pace.ts';
import { soakEnd } from '../../domain/rollout/soak-end.ts';
import type { WatchProgress } from '../../domain/rollout/status.ts';
import type { WatchCarry, WatchEnding, WatchResult } from '../../domain/rollout/types.ts';
import { callSignal } from '../call-limit.ts';
import type { ActivityDeps } from '../deps.ts';
import { isFenced, translated } from '../failures.ts';
import { gateLooks } from '../gates/gate.ts';
import type { GateLooks } from '../gates/looks.ts';
import { makeRoomAhead } from '../room.ts';
import { stableIsWorse } from '../stable.ts';
import { attemptEpoch, type TrafficSide, trafficOf, workloadOf } from '../targets.ts';
import type { Asked, WatchInput } from '../types.ts';
import { asker } from './ask.ts';
import { Beats } from './beats.ts';
import { Clocks } from './clocks.ts';
import { restoreForTheGone } from './gone.ts';
import { Grip, type GripEnding } from './grip.ts';
import { InstancesSeen } from './instances.ts';
import { Lease } from './lease.ts';
import { Looks } from './looks.ts';
import { SeriesKeeper } from './series-keeper.ts';
import { MeasuredShare } from './share.ts';
import { Wake } from './wake.ts';

export function createWatch(deps: ActivityDeps): (input: WatchInput) => Promise<WatchResult> {
  const beats = new Beats();
  return (input) => translated(() => new Watch(deps, beats, input).run());
}

const never = new AbortController().signal;
// All watches that are without Temporal at the moment wait by it.
setMaxListeners(0, never);
/** The longest pause that the SDK makes between two polls of a server that was away, and some more. */
const pollBackoffMs = 15_000;

class Watch {
  private readonly deps: ActivityDeps;
  private readonly beats: Beats;
  private readonly input: WatchInput;
  private readonly side: TrafficSide;
  private readonly grip: Grip;
  private readonly looks: Looks;
  private readonly lease: Lease;
  private readonly share: MeasuredShare;
  private readonly instances: InstancesSeen;
  private readonly series: SeriesKeeper;
  private readonly wake: Wake;
  private readonly epoch: number;
  private readonly pulseMs: number;
  private watchedMs: number;
  private extended: boolean;
  private readonly clocks: Clocks;
  /** Gates before the next stage; null: none are asked. */
  private readonly gates: GateLooks | null;
  /** Gates that must stay open; null: there are none. */
  private readonly guards: GateLooks | null;
  private skewSaid: boolean;
  private lastGoodPulseMs: number | null = null;
  /** The look after which the stable version was looked at, and what was found. */
  private stableAskedAt = -1;
  private stableWorse: string | null = null;
  private trouble: string | null = null;
  /** A stop that was found, until it is this watch's turn to end. It is final, also if it is released meanwhile. */
  private stopped: WatchEnding | null = null;
  private lastBeatMs = Number.NEGATIVE_INFINITY;
  /** An attempt that was given up heartbeats no more once Temporal answers: only so does the next one begin. */
  private silent = false;
  /** When Temporal was last asked in vain. */
  private unheardMs = Number.NEGATIVE_INFINITY;

  constructor(deps: ActivityDeps, beats: Beats, input: WatchInput) {
    const { plan, arms, mode } = input;
    const info = activityInfo();
    const left = progressIn(info.heartbeatDetails);
    const carry = left?.carry ?? input.carry;
    this.deps = deps;
    this.beats = beats;
    this.input = input;
    this.side = trafficOf(deps.providers, plan);
    this.epoch = attemptEpoch(input.epoch, info.attempt);
    this.pulseMs = pulseMs(plan);
    this.watchedMs = carry.watchedMs;
    this.extended = carry.extended;
    this.skewSaid = carry.skewSaid ?? false;
    this.clocks = new Clocks(this.side, deps.clock, plan.lease.ttlMs);
    this.share = new MeasuredShare(this.side, arms.stableSlot, deps.clock, carry.canaryRequests);
    this.instances = new InstancesSeen(() => workloadOf(deps.providers, plan), arms.stableSlot, deps.clock);
    this.series = new SeriesKeeper({
      checks: this.stage.checks,
      nowMs: deps.clock.now(),
      everyMs: plan.analysis.intervalMs,
      after: mode === 'after',
      left: left?.series,
      beatRows: () => beats.seriesRows,
    });
    this.wake = new Wake(this.side, deps.clock);
    this.lease = new Lease({
      config: plan.lease,
      clock: deps.clock,
      liveness: deps.liveness,
      side: this.side,
      workflowId: info.workflowExecution?.workflowId ?? '',
      runId: info.workflowExecution?.runId ?? '',
    });
    const { weightPercent, match } = this.stage;
    this.grip = new Grip({
      side: this.side,
      lease: this.lease,
      clock: deps.clock,
      wanted: { stableSlot: arms.stableSlot, weightPercent, match, epoch: this.epoch },
      tolerateDrift: input.tolerateDrift,
      reasserted: carry.reasserted,
    });
    const asks = (asked: Asked) => gateLooks(deps, plan, asked, arms.stableVersion);
    this.gates = input.asked === undefined ? null : asks(input.asked);
    const standing: Asked = {
      place: 'standing',
      author: input.author ?? '',
      approvals: [],
      digests: input.digests ?? {},
      sinceMs: 0,
      ...(input.override === undefined ? {} : { override: input.override }),
    };
    this.guards = (plan.guards ?? []).length > 0 && mode !== 'after' ? asks(standing) : null;
    this.looks = new Looks({
      ask: asker(deps.providers, plan, arms, mode === 'after' ? 100 : weightPercent),
      checks: this.stage.checks,
      intervalMs: plan.analysis.intervalMs,
      judgeFromMs: deps.clock.now() - carry.watchedMs + (mode === 'after' ? 0 : this.stage.warmUpMs),
      records: carry.checks,
      looks: carry.looks,
      onLook: (check, verdict) => {
        this.series.look(check, verdict);
        deps.observer?.looked(check.kind, verdict.kind);
      },
    });
  }

  async run(): Promise<WatchResult> {
    const { clock } = this.deps;
    const { plan, arms, stage, mode } = this.input;
    this.beats.enter();
    const unseen = this.deps.observer?.watches({ plan, arms, progress: () => this.progress() });
    if (mode === 'soak') void makeRoomAhead(this.deps.providers, plan, arms, stage, this.epoch);
    try {
      for (;;) {
        const ending = await this.pulse();
        // Cancellation arrives with a heartbeat's answer, so the evidence goes out first.
        this.beat(ending !== null);
        if (ending) return await this.end(ending);
        const untilDueMs = Math.min(this.pulseMs, this.looks.dueInMs(clock.now()));
        await this.wake.pause(untilDueMs, this.isOrphan ? never : cancellationSignal());
        if (cancellationSignal().aborted && !(await this.watchesOn())) return await this.cancelled();
      }
    } finally {
      this.beats.leave();
      unseen?.();
      this.wake.stop();
      this.looks.stop();
      this.gates?.stop();
      this.guards?.stop();
    }
  }

  /** One that can wait for the next pulse does. */
  private beat(last: boolean): void {
    if (this.silent) return;
    const nowMs = this.deps.clock.now();
    const everyMs = this.beats.everyMs(heartbeatTimeoutMs(this.input.plan));
    if (!last && nowMs - this.lastBeatMs + this.pulseMs <= everyMs) return;
    this.lastBeatMs = nowMs;
    heartbeat(this.progress());
  }

  /**
   * Temporal gives an attempt up whose heartbeats do not arrive, and its SDK does so some five seconds later. The
   * canary may live longer than that without Temporal: `orphanGrace`, which the lease keeps.
   */
  private get isOrphan(): boolean {
    const why = Context.current().cancellationDetails;
    const givenUp = why?.timedOut === true || why?.notFound === true;
    return givenUp && !why.cancelRequested && this.input.mode !== 'after';
  }

  /**
   * Whether to go on though the attempt was given up: until the next one takes over, which fences this one off. That
   * may take a while after Temporal answers again, since workers ask for tasks ever more rarely while it is away.
   */
  private async watchesOn(): Promise<boolean> {
    // Who is stopped has no lease to keep.
    if (!this.isOrphan || this.stopped !== null) return false;
    const waitsMs = 2 * heartbeatTimeoutMs(this.input.plan) + pollBackoffMs;
    if (!(await this.heardFor(waitsMs))) return true;
    await this.grip.handOver().catch(() => {});
    return false;
  }

  /** Whether Temporal answers, and has done so for `leastMs` if it did not before. */
  private async heardFor(leastMs: number): Promise<boolean> {
    const nowMs = this.deps.clock.now();
    const heard = await this.lease.isHeard();
    if (!heard) this.unheardMs = nowMs;
    this.silent = heard && this.isOrphan;
    return nowMs - this.unheardMs >= leastMs;
  }

  private async end(ending: WatchEnding): Promise<WatchResult> {
    // Where the canary goes on, it needs a lease meanwhile; that this cannot be had ends nothing.
    if (this.goesOn(ending)) await this.grip.handOver().catch(() => {});
    return this.result(ending);
  }

  private async pulse(): Promise<WatchEnding | null> {
    if (this.stopped !== null) return this.inTurn(this.stopped);
    const ending = await this.holdTraffic();
    if (ending?.kind === 'gone') return await this.gone();
    if (ending?.kind === 'stopped') return this.inTurn(ending);
    if (ending) return ending;
    const skew = await this.freshSkew();
    if (skew) return skew;
    const failed = await this.failed();
    if (failed) return failed;
    // After promotion the versions change places, and which slot is whose is no longer known here.
    if (this.input.mode !== 'after') this.instances.look(this.beats.instancesEveryMs);
    this.guards?.tick();
    this.gates?.tick();
    // A look under way may change the answer, so the end waits for it; only then may the next look begin.
    const end = this.looks.busy ? null : await this.heardEnd();
    if (end === null) this.looks.tick(this.deps.clock.now());
    return end;
  }

  /** Until its turn it only heartbeats: nothing is renewed or written, and nothing more is looked at. */
  private inTurn(stopped: WatchEnding): WatchEnding | null {
    this.stopped = stopped;
    if (this.beats.mayGoHome(this.deps.clock.now())) return stopped;
    this.trouble = 'stopped in the data plane; many are, so that this watch waits for its turn to end';
    return null;
  }

  /** What gates say: of those that must stay open first, then of those before the next stage. */
  private gated(): WatchEnding | null {
    const { leniency, asked } = this.input;
    const guarded = leniency ? null : this.guarded();
    if (guarded) return guarded;
    if (this.gates === null || asked === undefined) return null;
    if (!this.gates.open && this.gates.refused.length === 0) return null;
    return { kind: 'gated', place: asked.place, reports: this.gates.reports };
  }

  /** One that takes the canary back is heeded before one that holds it, and also while it is held. */
  private guarded(): WatchEnding | null {
    const { awaitsRecovery, plan } = this.input;
    const closed = (this.guards?.refused ?? []).map((report) => ({
      report,
      onRefuse: plan.guards?.find(({ name }) => name === report.name)?.onRefuse ?? ('hold' as const),
    }));
    const worst = closed.find(({ onRefuse }) => onRefuse === 'rollback') ?? closed[0];
    if (worst === undefined || (awaitsRecovery && worst.onRefuse === 'hold')) return null;
    const { report, onRefuse } = worst;
    const reports = this.guards?.reports ?? [];
    return { kind: 'guarded', gate: report.name, reason: report.reason, onRefuse, reports };
  }

  /** A failed check ends the watch, unless it is lenient, or going back would make things worse. */
  private async failed(): Promise<WatchEnding | null> {
    const failure = this.looks.failure();
    const { leniency, mode, plan, arms } = this.input;
    if (failure === null || leniency === 'kept' || leniency === 'frozen') return null;
    const asked = mode !== 'after' && this.stableAskedAt !== this.looks.count;
    if (asked) {
      this.stableAskedAt = this.looks.count;
      this.stableWorse = await stableIsWorse(
        this.deps,
        plan,
        arms.stableVersion,
        this.stage,
        this.looks.records,
      );
    }
    if (this.stableWorse === null) return { kind: 'failed', ...failure };
    if (leniency === 'stable-worse') return null;
    return { kind: 'stable-worse', check: failure.check, reason: `${failure.reason}; ${this.stableWorse}` };
  }

  /** The stage goes on only by way of Temporal: while that is away, its canary is watched on, and the lease kept. */
  private async heardEnd(): Promise<WatchEnding | null> {
    const end = this.gated() ?? this.dependencies() ?? this.timeIsUp();
    const needsLease = end !== null && this.input.mode !== 'after' && this.goesOn(end);
    // After an absence it takes a heartbeat to learn whether the attempt still counts; an orphan's result does not.
    const leastMs = heartbeatTimeoutMs(this.input.plan);
    if (!needsLease || (!this.isOrphan && (await this.heardFor(leastMs)))) return end;
    this.trouble = 'this stage is over, and Temporal was away: watched on until it can be told';
    return null;
  }

  private goesOn({ kind }: WatchEnding): boolean {
    const held = kind === 'inconclusive' && this.input.plan.analysis.onInconclusive === 'hold';
    const waits = kind === 'obstructed' || kind === 'recovered';
    return (
      held || waits || ['gated', 'guarded', 'soaked', 'conclusive', 'skewed', 'stable-worse'].includes(kind)
    );
  }

  /**
   * Clocks that drift apart under a canary are said once; the lease still ends it, later or earlier by the difference.
   */
  private async freshSkew(): Promise<WatchEnding | null> {
    if (this.input.mode === 'after') return null;
    await this.clocks.look();
    const reason = this.clocks.problem;
    const said = this.skewSaid;
    this.skewSaid = reason !== null;
    this.trouble ??= reason;
    return reason === null || said ? null : { kind: 'skewed', reason };
  }

  /** What both versions need holds a soak while it is down; a canary that waits already waits on. */
  private dependencies(): WatchEnding | null {
    const obstacle = this.looks.obstacle();
    if (this.input.awaitsRecovery) {
      const closed = this.guards !== null && !this.guards.open;
      return obstacle || closed ? null : { kind: 'recovered', reason: 'what held it back has recovered' };
    }
    return obstacle && this.input.mode === 'soak' ? { kind: 'obstructed', ...obstacle } : null;
  }

  /** Reads back, reasserts and renews; while that fails the stage clock stands still. */
  private async holdTraffic(): Promise<GripEnding | null> {
    try {
      const ending = this.input.mode === 'after' ? await this.stillPromoted() : await this.grip.tighten();
      if (ending) return ending;
      this.trouble = this.grip.trouble;
      this.advanceClock();
    } catch (error) {
      if (isFenced(error) && (await this.hasNewerOwner()))
        return { kind: 'fenced', reason: messageOf(error) };
      this.trouble = messageOf(error);
      this.lastGoodPulseMs = null;
    }
    // The measured share is for people; that it cannot be read stands in nobody's way.
    await this.share.measure(callSignal(), this.beats.measureEveryMs).catch(() => {});
    this.series.share(this.deps.clock.now(), this.share.percent);
    return null;
  }

  /** After promotion there is no lease to hold, but the new version must still be the stable one. */
  private async stillPromoted(): Promise<WatchEnding | null> {
    const { provider, target } = this.side;
    const { stableSlot } = await provider.read(target, callSignal());
    if (stableSlot !== this.input.arms.stableSlot) return null;
    return { kind: 'moved', reason: `the stable slot was changed back to ${stableSlot} from outside` };
  }

  /** A data plane that lost its owner in a restart refuses as well; only a newer owner ends this watch. */
  private async hasNewerOwner(): Promise<boolean> {
    const { provider, target } = this.side;
    const state = await provider.read(target, callSignal()).catch(() => null);
    return state !== null && state.epoch > this.epoch;
  }

  /** Only time between two good pulses counts; a gap (frozen process, lost worker) does not. */
  private advanceClock(): void {
    const nowMs = this.deps.clock.now();
    const sinceMs = this.lastGoodPulseMs === null ? 0 : nowMs - this.lastGoodPulseMs;
    this.lastGoodPulseMs = nowMs;
    if (this.input.mode !== 'wait') this.watchedMs += Math.min(sinceMs, 3 * this.pulseMs);
  }

  private timeIsUp(): WatchEnding | null {
    const { mode, plan, leniency } = this.input;
    if (mode === 'wait') return null;
    if (mode === 'after' && leniency === 'frozen') return null;
    if (mode === 'after') return this.watchedMs >= plan.watchAfterMs ? { kind: 'soaked' } : null;
    const { watchedMs, extended } = this;
    const end = soakEnd(mode, { stage: this.stage, watchedMs, extended, records: this.looks.records });
    if (end !== 'extend') return end;
    this.extended = true;
    return null;
  }

  private async gone(): Promise<never> {
    await restoreForTheGone(this.side, this.epoch);
    throw ApplicationFailure.nonRetryable(
      `The rollout of ${targetOf(this.input.plan)} is gone; its canary was stopped.`,
      'rollout-gone',
    );
  }

  private async cancelled(): Promise<WatchResult> {
    const why = Context.current().cancellationDetails;
    // Not found may also mean that another attempt has taken over; only Temporal's own word makes it gone.
    if (why?.notFound && (await this.lease.isGone())) return await this.gone();
    // The next watch would not know of a stop that is released by then.
    if (this.stopped !== null) return this.result(this.stopped);
    if (why?.cancelRequested) return this.result({ kind: 'interrupted' });
    // A worker that shuts down, or a time-out: Temporal starts the next attempt from the last heartbeat.
    throw ApplicationFailure.create({
      message: 'this worker stops watching; another one carries on',
      type: 'watch-handed-over',
      details: [this.progress()],
    });
  }

  private get stage() {
    const stage = this.input.plan.stages[this.input.stage];
    if (!stage)
      throw ApplicationFailure.nonRetryable(`the plan has no stage ${this.input.stage}`, 'internal');
    return stage;
  }

  private carry(): WatchCarry {
    return {
      watchedMs: this.watchedMs,
      extended: this.extended,
      checks: this.looks.records,
      reasserted: this.grip.reasserted,
      looks: this.looks.count,
      canaryRequests: this.share.canaryRequests,
      skewSaid: this.skewSaid,
    };
  }

  private progress(): WatchProgress {
    const after = this.input.mode === 'after';
    return {
      stage: this.input.stage,
      mode: this.input.mode,
      epoch: this.epoch,
      carry: this.carry(),
      plannedMs: after ? this.input.plan.watchAfterMs : plannedMs(this.stage, this.extended),
      verdicts: this.looks.latest,
      askedPercent: after ? 100 : this.stage.weightPercent,
      measuredPercent: this.share.percent,
      leaseUntilMs: this.lease.untilMs,
      ...(this.gates === null && this.guards === null
        ? {}
        : { gates: [...(this.guards?.reports ?? []), ...(this.gates?.reports ?? [])] }),
      ...this.instances.told(this.beats.namedInstances),
      trouble: this.trouble,
      series: this.series.short,
      atMs: this.deps.clock.now(),
    };
  }

  private result(ending: WatchEnding): WatchResult {
    return { ending, carry: this.carry(), verdicts: this.looks.verdicts, series: this.series.kept };
  }
}

function progressIn(details: unknown): WatchProgress | null {
  if (typeof details !== 'object' || details === null || !('carry' in details)) return null;
  return details as WatchProgress;
}
