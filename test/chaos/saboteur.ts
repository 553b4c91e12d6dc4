/** Carries the faults out on a stack, brings back what it has hit, and keeps the book of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartName, Parts } from '../support/parts.ts';
import type { Outage } from './outages.ts';
import type { Fault, Victim } from './schedule.ts';

/** In the order in which they need each other. */
const partNames = [
  'Temporal',
  'HAProxy',
  'Prometheus',
  'API',
  'worker',
] as const satisfies readonly PartName[];

export class Saboteur {
  readonly outages: Outage[] = [];
  readonly log: { readonly atMs: number; readonly text: string }[] = [];
  /** Faults that found nothing to hit. */
  missed = 0;
  private readonly down = new Set<Victim>();
  private readonly turns = new Map<Victim, Promise<void>>();
  private readonly parts: Parts;
  private readonly version: string;
  private readonly over: () => boolean;

  /** `over`: nothing is left to be disturbed, so whatever is down comes back at once. */
  constructor(parts: Parts, version: string, over: () => boolean) {
    this.parts = parts;
    this.version = version;
    this.over = over;
  }

  /** Returns when what was hit is there again. Two faults of one victim wait for each other. */
  hit(fault: Fault): Promise<void> {
    const turn = (this.turns.get(fault.victim) ?? Promise.resolve()).then(() => this.carryOut(fault));
    this.turns.set(fault.victim, turn);
    return turn;
  }

  /** Starts what has ended though nobody here ended it, as every supervisor would. */
  supervise(): void {
    for (const name of partNames) {
      if (this.down.has(name) || this.parts.exists(name)) continue;
      this.note(`${name} had ended by itself; started again`);
      this.parts.spawn(name);
    }
  }

  /** Returns when everything works; a part that does not is noted, and the run goes on without it. */
  async bringBack(): Promise<void> {
    this.supervise();
    await this.parts.resumeShop();
    for (const name of partNames) {
      await this.parts.ready(name).catch((error: unknown) => this.note(String(error)));
    }
  }

  private async carryOut(fault: Fault): Promise<void> {
    const { victim, kind, forMs } = fault;
    this.down.add(victim);
    const back = await (victim === 'canary' ? this.strikeCanary(kind) : this.strike(victim, kind));
    if (back) {
      const fromMs = Date.now();
      this.note(`${victim}: ${kind} for ${forMs} ms`);
      while (Date.now() < fromMs + forMs && !this.over()) {
        await sleep(Math.min(50, Math.max(1, fromMs + forMs - Date.now())));
      }
      this.outages.push({ victim, kind, fromMs, untilMs: Date.now() });
      await back();
      this.note(`${victim}: ${kind === 'kill' ? 'started again' : 'goes on'}`);
    } else {
      this.missed += 1;
      this.note(`${victim}: ${kind} found nobody`);
    }
    this.down.delete(victim);
  }

  private async strike(name: PartName, kind: Fault['kind']): Promise<(() => void) | null> {
    if (!this.parts.exists(name)) return null;
    if (kind === 'kill') {
      await this.parts.kill(name);
      return () => this.parts.spawn(name);
    }
    await this.parts.freeze(name);
    return () => this.parts.thaw(name);
  }

  private async strikeCanary(kind: Fault['kind']): Promise<(() => void | Promise<void>) | null> {
    const pid = await this.parts.shopProcess(this.version);
    if (pid === null || !signal(pid, kind === 'kill' ? 'SIGKILL' : 'SIGSTOP')) return null;
    return kind === 'kill' ? () => this.parts.resumeShop() : () => void signal(pid, 'SIGCONT');
  }

  private note(text: string): void {
    this.log.push({ atMs: Date.now(), text });
  }
}

/** False: there is no such process. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
