/** The mutable side of a companion inside its workflow: its state, what is new, and what is under way. */
import type { NoticesInput } from '../domain/notify/names.ts';
import { onDelivered, onUndelivered } from '../domain/notify/receivers.ts';
import {
  type Heard,
  type NoticesState,
  noticesState,
  onAck,
  onLost,
  onNotices,
  onRouted,
  onTime,
  onTold,
} from '../domain/notify/state.ts';
import type { Notice, Routing, Thread, Told } from '../domain/notify/types.ts';

export class NoticesRun {
  state: NoticesState;
  /** Receivers to which a message is under way. */
  readonly busy = new Set<string>();
  /** Counts what has happened, so that a wait can be told from a change. */
  turns = 0;
  private fresh: readonly Notice[] = [];
  private deliveries = 0;
  private readonly flights = new Set<Promise<void>>();

  constructor(input: NoticesInput) {
    this.state = input.state ?? noticesState(input, Date.now());
    for (const told of input.told) this.tell(told);
    this.hear(input.notices ?? []);
  }

  tell(told: Told): void {
    this.heard(onTold(this.state, told, Date.now()));
  }

  hear(notices: readonly Notice[]): void {
    if (notices.length > 0) this.heard(onNotices(this.state, notices, Date.now()));
  }

  acknowledge(actor: string, reason: string): void {
    this.heard(onAck(this.state, { actor, reason, atMs: Date.now() }));
  }

  lost(): void {
    this.heard(onLost(this.state, Date.now()));
  }

  /** A silent rollout is looked after once in a while. */
  looked(): void {
    this.state = { ...this.state, heardAtMs: Date.now() };
  }

  hasWork(): boolean {
    return this.fresh.length > 0;
  }

  takeFresh(): readonly Notice[] {
    const { fresh } = this;
    this.fresh = [];
    return fresh;
  }

  routed(notices: readonly Notice[], routings: readonly Routing[], giveUpAfterMs: number): void {
    this.state = onRouted(this.state, notices, routings, giveUpAfterMs, Date.now());
  }

  onTime(): void {
    this.state = onTime(this.state, Date.now());
  }

  delivered(to: string, notices: readonly Notice[], thread: Thread | null): void {
    this.state = onDelivered(this.state, to, notices, thread, Date.now());
    this.freed(to);
  }

  undelivered(to: string, notices: readonly Notice[], problem: string): void {
    this.state = onUndelivered(this.state, to, notices, problem);
    this.freed(to);
  }

  freed(to: string): void {
    this.busy.delete(to);
    this.turns += 1;
  }

  /** A number of its own for each message. */
  nextDelivery(): number {
    this.deliveries += 1;
    return this.deliveries;
  }

  inFlight(flight: Promise<void>): void {
    const kept = flight.finally(() => this.flights.delete(kept));
    this.flights.add(kept);
  }

  async landed(): Promise<void> {
    await Promise.all(this.flights);
  }

  private heard({ state, fresh }: Heard): void {
    this.state = state;
    this.fresh = [...this.fresh, ...fresh];
    this.turns += 1;
  }
}
