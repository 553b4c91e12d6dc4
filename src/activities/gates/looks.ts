/** The gates of one place: asked until all are open in one look, or one refuses, or one has held for too long. */
import { setMaxListeners } from 'node:events';
import { formatDuration } from '../../domain/duration.ts';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import {
  type GateConfig,
  type GatePlace,
  type GateReport,
  maxGates,
  type ReportRef,
} from '../../domain/gates/types.ts';
import type { Gate, GateQuestion, GateVerdict, RawReport } from '../../providers/gates/types.ts';
import { within } from '../../providers/limit.ts';
import type { Clock } from '../deps.ts';

/** One answer of one gate. */
const lookTimeoutMs = 30_000;
/** An answer this old is asked for again before it lets traffic move. */
const freshForMs = 60_000;
/** So long a gate may be impossible to ask that must stay open, or whose time is over when it is asked anew. */
const graceMs = 60_000;
/** What a history has room for. */
const factsLimit = 4_000;
const reasonLimit = 1_000;

interface GateLooksOptions {
  readonly gates: readonly GateConfig[];
  readonly place: GatePlace;
  readonly clock: Clock;
  readonly find: (gate: string) => { readonly gate: Gate; readonly intervalMs: number };
  readonly question: Omit<GateQuestion, 'options' | 'nowMs' | 'id' | 'gate' | 'answers'>;
  /** The same for every attempt of the same rollout. */
  readonly runId: string;
  readonly keep: (gate: GateConfig, report: RawReport) => Promise<ReportRef>;
}

export class GateLooks {
  private latest = new Map<string, GateReport>();
  private readonly opened = new Map<string, number>();
  private readonly begunMs: number;
  private running: Promise<void> | null = null;
  private readonly stopper = new AbortController();
  private readonly options: GateLooksOptions;

  constructor(options: GateLooksOptions) {
    this.options = options;
    this.begunMs = options.clock.now();
    // Each gate that is asked listens; more than ten are no leak.
    setMaxListeners(maxGates, this.stopper.signal);
  }

  /** The latest answer of each gate that has given one, in the plan's order. */
  get reports(): readonly GateReport[] {
    return this.options.gates.flatMap(({ name }) => this.latest.get(name) ?? []);
  }

  /** All open, by answers that are fresh. */
  get open(): boolean {
    const since = this.options.clock.now() - freshForMs;
    return this.options.gates.every(({ name }) => {
      const one = this.latest.get(name);
      return one?.answer === 'open' && one.atMs >= since;
    });
  }

  get refused(): readonly GateReport[] {
    return this.reports.filter(({ answer }) => answer === 'refuse');
  }

  /** Asks what is due, unless that is under way. */
  tick(): void {
    if (this.running !== null || this.stopper.signal.aborted) return;
    const due = this.due();
    if (due.length === 0) return;
    // A look that fails altogether leaves the answer as it was, and the next one comes by itself.
    this.running = Promise.allSettled(due.map((gate) => this.look(gate)))
      .then(() => {})
      .finally(() => {
        this.running = null;
      });
  }

  async idle(): Promise<void> {
    await this.running;
  }

  stop(): void {
    this.stopper.abort();
  }

  private due(): readonly GateConfig[] {
    const nowMs = this.options.clock.now();
    const waits = this.options.gates.some(({ name }) => this.latest.get(name)?.answer !== 'open');
    return this.options.gates.filter((config) => {
      const last = this.latest.get(config.name);
      if (last === undefined) return true;
      // What is open already is asked again only when nothing else is waited for.
      if (last.answer === 'open' && waits && this.options.place !== 'standing') return false;
      const everyMs = this.options.find(config.gate).intervalMs;
      const dueMs = last.answer === 'open' && this.options.place !== 'standing' ? freshForMs : everyMs;
      return nowMs - last.atMs >= dueMs;
    });
  }

  private async look(config: GateConfig): Promise<void> {
    const { clock, place } = this.options;
    const nowMs = clock.now();
    const { verdict, asked } = await this.ask(config, nowMs);
    // What cannot be asked for a moment was open a moment ago.
    const patienceMs = asked ? (verdict.pendingForMs ?? 0) : graceMs;
    if (place === 'standing' && nowMs - this.openAt(config) < patienceMs) return;
    const late =
      place !== 'standing' && verdict.answer === 'hold' && nowMs >= this.holdsUntil(config, patienceMs);
    // Under a canary there is nothing to wait for: a gate is open, or it is not.
    const closed = late || (place === 'standing' && verdict.answer === 'hold');
    const answer = closed ? 'refuse' : verdict.answer;
    const facts = bounded(verdict.facts ?? {});
    const reports = await this.reportsOf(config, verdict, { answer, facts });
    if (this.stopper.signal.aborted) return;
    if (verdict.answer === 'open') this.opened.set(config.name, nowMs);
    const after = `it did not open within ${formatDuration(config.timeoutMs)}`;
    this.latest.set(config.name, {
      name: config.name,
      gate: config.gate,
      type: config.type,
      place,
      answer,
      reason: clip(late ? `${after}: ${verdict.reason}` : verdict.reason),
      facts,
      reports,
      atMs: nowMs,
    });
  }

  /**
   * Reports have times in them. What says the same as before is not kept once more, or a day of looks would fill a
   * store.
   */
  private async reportsOf(
    config: GateConfig,
    verdict: GateVerdict,
    { answer, facts }: Pick<GateReport, 'answer' | 'facts'>,
  ): Promise<readonly ReportRef[]> {
    const last = this.latest.get(config.name);
    const isSame = last?.answer === answer && JSON.stringify(last.facts) === JSON.stringify(facts);
    if (last !== undefined && isSame) return last.reports;
    return await Promise.all((verdict.reports ?? []).map((one) => this.options.keep(config, one)));
  }

  /**
   * When a hold has lasted for too long. Each approval and each new worker has all gates asked anew: what was open
   * before, maybe hours ago, has not answered yet then, and must not be refused for that.
   */
  private holdsUntil({ name, timeoutMs }: GateConfig, patienceMs: number): number {
    const { sinceMs } = this.options.question;
    const openedMs = this.opened.get(name);
    if (openedMs !== undefined) return Math.max(sinceMs, openedMs) + timeoutMs;
    return Math.max(sinceMs + timeoutMs, this.begunMs + Math.min(timeoutMs, patienceMs));
  }

  /** When it was last open; the beginning of these looks if it never was. */
  private openAt({ name }: GateConfig): number {
    return this.opened.get(name) ?? this.begunMs;
  }

  private async ask(config: GateConfig, nowMs: number): Promise<{ verdict: GateVerdict; asked: boolean }> {
    const { question, find, runId, place } = this.options;
    const id = `${runId}/${place}/${config.name}`;
    try {
      const { gate } = find(config.gate);
      const answers = this.reports.filter(({ name }) => name !== config.name);
      const asked = { ...question, answers, gate: config.gate, options: config.options, nowMs, id };
      const ask = (signal: AbortSignal) => gate.evaluate(asked, signal);
      return { verdict: await within(lookTimeoutMs, ask, this.stopper.signal), asked: true };
    } catch (error) {
      // Only the catalogue says that waiting will not help.
      const final = error instanceof SluiceError && !error.retryable;
      const advice = error instanceof SluiceError ? ` ${error.advice}` : '';
      const reason = `${messageOf(error)}${advice}`;
      return { verdict: { answer: final ? 'refuse' : 'hold', reason }, asked: final };
    }
  }
}

function clip(text: string): string {
  return text.length > reasonLimit ? `${text.slice(0, reasonLimit)}…` : text;
}

function bounded(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(facts);
  return text.length <= factsLimit ? facts : { tooLong: `${text.length} characters; see the reports` };
}
