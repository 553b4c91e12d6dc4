/**
 * The checks of a stage: asked every interval in the background, so that a slow source delays no heartbeat and no
 * renewal.
 */
import { firstFailure, firstObstacle, observe } from '../../domain/analysis/record.ts';
import type { CheckConfig, CheckRecord, Verdict } from '../../domain/analysis/types.ts';
import { messageOf } from '../../domain/errors.ts';
import { within } from '../../providers/limit.ts';
import type { Ask } from './ask.ts';

/** Verdicts kept for the result, so that history stays small whatever the soak. */
const keptVerdicts = 40;
/** A tick of all checks that takes longer is broken off and counts as errors. */
const tickTimeoutMs = 10_000;

interface LooksOptions {
  readonly ask: Ask;
  readonly checks: readonly CheckConfig[];
  readonly intervalMs: number;
  /** Nothing before this time is judged: the end of the warm-up. */
  readonly judgeFromMs: number;
  readonly records: readonly CheckRecord[];
  readonly looks: number;
  /** Told of each look that counts. */
  readonly onLook?: (check: CheckConfig, verdict: Verdict) => void;
}

export class Looks {
  records: readonly CheckRecord[];
  /** The latest verdict of each check. */
  latest: readonly Verdict[] = [];
  verdicts: readonly Verdict[] = [];
  count: number;
  private running: Promise<void> | null = null;
  private lastTickMs: number;
  private readonly options: LooksOptions;
  private readonly stopper = new AbortController();

  constructor(options: LooksOptions) {
    this.options = options;
    this.records = options.records;
    this.count = options.looks;
    // A watch that takes over must not judge the same window a second time.
    this.lastTickMs = Math.max(options.judgeFromMs, ...options.records.map(({ last }) => last?.atMs ?? 0));
    this.latest = options.records.flatMap((record) => (record.last ? [record.last] : []));
  }

  get busy(): boolean {
    return this.running !== null;
  }

  /** Time until the next tick; a whole interval when one is overdue and waits for the tick under way. */
  dueInMs(nowMs: number): number {
    const dueInMs = this.lastTickMs + this.options.intervalMs - nowMs;
    return dueInMs > 0 ? dueInMs : this.options.intervalMs;
  }

  /** Starts a tick when one is due and none is under way. */
  tick(nowMs: number): void {
    const { intervalMs } = this.options;
    if (this.running || nowMs - this.lastTickMs < intervalMs) return;
    this.lastTickMs = nowMs;
    this.running = this.lookAtAll(nowMs).finally(() => {
      this.running = null;
    });
  }

  /** Resolves when no tick is under way. */
  async idle(): Promise<void> {
    await this.running;
  }

  failure(): { check: string; reason: string } | null {
    return firstFailure(this.records, this.options.checks);
  }

  obstacle(): { check: string; reason: string } | null {
    return firstObstacle(this.records, this.options.checks);
  }

  stop(): void {
    this.stopper.abort();
  }

  private async lookAtAll(nowMs: number): Promise<void> {
    const { ask, checks, judgeFromMs, intervalMs } = this.options;
    // The window never reaches back into the warm-up.
    const reachMs = Math.max(intervalMs, nowMs - judgeFromMs);
    const verdicts = await Promise.all(
      checks.map((check) =>
        within(
          tickTimeoutMs,
          (signal) =>
            ask(check, {
              signal,
              atMs: nowMs,
              reachMs,
              fromMs: judgeFromMs,
              evidence: this.evidenceOf(check),
            }),
          this.stopper.signal,
        ).catch((error: unknown) => errorVerdict(check, messageOf(error), nowMs)),
      ),
    );
    if (this.stopper.signal.aborted) return;
    this.take(verdicts);
  }

  private evidenceOf({ name }: CheckConfig): CheckRecord['evidence'] {
    return this.records.find((record) => record.name === name)?.evidence;
  }

  private take(verdicts: readonly Verdict[]): void {
    this.count += 1;
    // Evidence is for the record alone: a history has no room for forty of them.
    this.latest = verdicts.map(({ evidence: _kept, ...verdict }) => verdict);
    this.verdicts = [...this.verdicts, ...this.latest].slice(-keptVerdicts);
    this.records = this.options.checks.flatMap((check, index) => {
      const before = this.records.find((record) => record.name === check.name) ?? null;
      const verdict = verdicts[index];
      if (verdict) this.options.onLook?.(check, verdict);
      return verdict ? [observe(before, verdict, check)] : [];
    });
  }
}

/** A look that did not come back in time, or could not be judged, says so; it must not keep the next one waiting. */
function errorVerdict(check: CheckConfig, problem: string, atMs: number): Verdict {
  const reason = `${check.name} could not be looked at: ${problem}`;
  const nothing = { canary: null, stable: null, canarySamples: null, stableSamples: null };
  return { check: check.name, kind: 'error', reason, ...nothing, atMs };
}
