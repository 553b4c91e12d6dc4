/** Prometheus metrics of a guard process. */
import type { Gauge } from 'prom-client';
import { Meters } from '../telemetry/meters.ts';
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
  private readonly meters = new Meters();
  readonly registry = this.meters.registry;
  private readonly due = this.meters.counter(
    'sluice_guard_due_total',
    'Routes that had to come home, by why: lapsed, stopped, deleted.',
    [...labelNames, 'why'],
  );
  private readonly restores = this.meters.counter(
    'sluice_guard_restores_total',
    'How that ended: restored, found-home (by somebody else), renewed (it was no lapse), nothing (no route).',
    [...labelNames, 'outcome'],
  );
  private readonly failures = this.meters.counter(
    'sluice_guard_failures_total',
    'Attempts to bring a route home that failed; they are tried again.',
    labelNames,
  );
  private readonly seconds = this.meters.histogram(
    'sluice_guard_restore_seconds',
    'From when a route had to come home until it read so.',
    [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    [...labelNames, 'why'],
  );
  private readonly away = this.meters.counter(
    'sluice_guard_api_away_total',
    'How often the API server was out of reach for so long that every lease got its whole time again.',
    labelNames,
  );

  /** `states` is asked whenever somebody reads the metrics. */
  constructor(states: () => readonly (readonly [PostName, GuardState])[]) {
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
      const telling = (gauge: Gauge) => {
        for (const [post, state] of states()) gauge.set({ ...post }, tell(state));
      };
      this.meters.gauge(name, help, telling, labelNames);
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
