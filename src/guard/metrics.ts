/** Prometheus metrics of a guard process. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { GuardState } from './guard.ts';
import type { GuardReport } from './reports.ts';
import type { Why } from './tracked.ts';

/** What one post is called in logs and metrics: context and namespace. */
export interface PostName {
  readonly cluster: string;
  readonly namespace: string;
}

const whys: readonly Why[] = ['lapsed', 'stopped', 'deleted'];
const outcomes = [
  'restored',
  'found-home',
  'renewed',
  'nothing',
] as const satisfies readonly GuardReport['kind'][];
const labelNames = ['cluster', 'namespace'] as const;

export class GuardMetrics {
  readonly registry = new Registry();
  private readonly due: Counter;
  private readonly restores: Counter;
  private readonly failures: Counter;
  private readonly seconds: Histogram;
  private readonly away: Counter;

  /** `states` is asked whenever somebody reads the metrics. */
  constructor(states: () => readonly (readonly [PostName, GuardState])[]) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.due = new Counter({
      name: 'sluice_guard_due_total',
      help: 'Routes that had to come home, by why: lapsed, stopped, deleted.',
      labelNames: [...labelNames, 'why'],
      registers,
    });
    this.restores = new Counter({
      name: 'sluice_guard_restores_total',
      help: 'How that ended: restored, found-home (by somebody else), renewed (it was no lapse), nothing (no route).',
      labelNames: [...labelNames, 'outcome'],
      registers,
    });
    this.failures = new Counter({
      name: 'sluice_guard_failures_total',
      help: 'Attempts to bring a route home that failed; they are tried again.',
      labelNames,
      registers,
    });
    this.seconds = new Histogram({
      name: 'sluice_guard_restore_seconds',
      help: 'From when a route had to come home until it read so.',
      labelNames: [...labelNames, 'why'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    });
    this.away = new Counter({
      name: 'sluice_guard_api_away_total',
      help: 'How often the API server was out of reach for so long that every lease got its whole time again.',
      labelNames,
      registers,
    });
    const gauges: [string, string, (state: GuardState) => number][] = [
      ['sluice_guard_leader', '1: this guard acts.', ({ leads }) => Number(leads)],
      ['sluice_guard_api_in_touch', '0: the API server is out of reach.', ({ inTouch }) => Number(inTouch)],
      ['sluice_guard_leases', 'Leases that are tracked.', ({ tracked }) => tracked],
      ['sluice_guard_canaries', 'Leases that give a canary anything.', ({ canaries }) => canaries],
      [
        'sluice_guard_oldest_renewal_seconds',
        'Since the renewal of the canary whose lease was renewed least lately.',
        ({ oldestMs }) => oldestMs / 1_000,
      ],
    ];
    for (const [name, help, tell] of gauges) {
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          for (const [post, state] of states()) this.set({ ...post }, tell(state));
        },
      });
    }
  }

  /** Counters begin at 0, since an increase from nothing to 1 is none, and no alert would see the first lapse. */
  begin(post: PostName): void {
    for (const why of whys) this.due.inc({ ...post, why }, 0);
    for (const outcome of outcomes) this.restores.inc({ ...post, outcome }, 0);
    this.failures.inc({ ...post }, 0);
    this.away.inc({ ...post }, 0);
  }

  take(post: PostName, report: GuardReport): void {
    const labels = { ...post };
    switch (report.kind) {
      case 'due':
        this.due.inc({ ...labels, why: report.why });
        break;
      case 'restored':
        this.seconds.observe({ ...labels, why: report.why }, report.tookMs / 1_000);
        this.restores.inc({ ...labels, outcome: report.kind });
        break;
      case 'found-home':
      case 'renewed':
      case 'nothing':
        this.restores.inc({ ...labels, outcome: report.kind });
        break;
      case 'failed':
        this.failures.inc(labels);
        break;
      case 'back':
        this.away.inc(labels);
        break;
      default:
    }
  }
}
