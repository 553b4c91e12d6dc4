/** What the watches under way see, read when somebody scrapes; a watch that is over leaves nothing behind. */
import type { Gauge } from 'prom-client';
import type { Watching } from '../activities/deps.ts';
import type { WatchProgress } from '../domain/rollout/status.ts';
import type { Meters } from '../telemetry/meters.ts';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | null];
type Tell = (watching: Watching, progress: WatchProgress) => readonly Sample[];

interface Kind {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly tell: Tell;
}

const kinds: readonly Kind[] = [
  {
    name: 'sluice_lease_remaining_seconds',
    help: "Until the canary's lease runs out; a live watch renews it before a third of it is left.",
    labels: [],
    tell: (_, { leaseUntilMs }) => (leaseUntilMs > 0 ? [[{}, (leaseUntilMs - Date.now()) / 1_000]] : []),
  },
  {
    name: 'sluice_lease_ttl_seconds',
    help: "The whole time of the canary's lease (lease.ttl).",
    labels: [],
    tell: ({ plan }, { leaseUntilMs }) => (leaseUntilMs > 0 ? [[{}, plan.lease.ttlMs / 1_000]] : []),
  },
  {
    name: 'sluice_canary_share_percent',
    help: "The canary's share of traffic: as asked for, and as measured by the data plane's own count.",
    labels: ['kind'],
    tell: (_, { askedPercent, measuredPercent }) => [
      [{ kind: 'asked' }, askedPercent],
      [{ kind: 'measured' }, measuredPercent],
    ],
  },
  {
    name: 'sluice_arm_info',
    help: 'Always 1: which version is the canary and which is stable, to tell the metrics of a service apart.',
    labels: ['arm', 'version'],
    tell: ({ arms }) => [
      [{ arm: 'canary', version: arms.canaryVersion }, 1],
      [{ arm: 'stable', version: arms.stableVersion }, 1],
    ],
  },
  {
    name: 'sluice_check_verdict',
    help: 'Always 1: what the latest look of a check said.',
    labels: ['check', 'verdict'],
    tell: (_, { verdicts }) => verdicts.map(({ check, kind }) => [{ check, verdict: kind }, 1]),
  },
  {
    name: 'sluice_check_value',
    help: 'What the latest look of a check measured, in the unit of the check.',
    labels: ['check', 'unit', 'arm'],
    tell: ({ plan }, { stage, verdicts }) =>
      verdicts.flatMap(({ check, canary, stable }): Sample[] => {
        const unit = plan.stages[stage]?.checks.find(({ name }) => name === check)?.unit ?? '';
        return [
          [{ check, unit, arm: 'canary' }, canary],
          [{ check, unit, arm: 'stable' }, stable],
        ];
      }),
  },
];

export function watchedGauges(watched: ReadonlySet<Watching>, meters: Meters): void {
  for (const { name, help, labels, tell } of kinds) {
    const telling = (gauge: Gauge) => {
      for (const watching of watched) {
        const { environment, service } = watching.plan;
        for (const [more, value] of tell(watching, watching.progress())) {
          if (value !== null) gauge.set({ environment, service, ...more }, value);
        }
      }
    };
    meters.gauge(name, help, telling, ['environment', 'service', ...labels]);
  }
}
