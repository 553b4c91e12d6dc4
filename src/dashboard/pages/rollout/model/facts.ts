/** Who, why, what and until when: the facts of a rollout that people look up. Pure. */
import type { RolloutView } from '../../../../api/contract.ts';
import { reasonIn } from '../../../../domain/rollout/timeline.ts';
import { otherSlot, type Slot } from '../../../../domain/rollout/types.ts';

export type Fact =
  | { readonly name: string; readonly kind: 'text'; readonly text: string }
  | { readonly name: string; readonly kind: 'time'; readonly atMs: number }
  | { readonly name: string; readonly kind: 'span'; readonly ms: number }
  | { readonly name: string; readonly kind: 'link'; readonly text: string; readonly href: string };

export function factsOf(view: RolloutView): Fact[] {
  const { status, live, links } = view;
  const started = status?.timeline.find(({ kind }) => kind === 'started');
  const facts: (Fact | null)[] = [
    text('Version', versions(view)),
    text('Slots', slots(view)),
    text('Started by', status?.author ?? started?.actor ?? null),
    text('Why', status && started ? reasonIn(started, status) : null),
    { name: 'Started', kind: 'time', atMs: view.startedAtMs },
    view.endedAtMs === null ? null : { name: 'Ended', kind: 'time', atMs: view.endedAtMs },
    status === null || view.endedAtMs !== null
      ? null
      : { name: 'Must be promoted by', kind: 'time', atMs: status.limitAtMs },
    span('Rollback budget', status?.rollbackTimeoutMs),
    span('Lease', status?.times?.leaseMs),
    live === null || live.leaseUntilMs === 0
      ? null
      : { name: 'Lease until', kind: 'time', atMs: live.leaseUntilMs },
    span('Looked at every', status?.times?.lookEveryMs),
    text('Epoch', live === null ? null : String(live.epoch)),
    text('Requests to the canary', requestsOf(view)),
    text('Run', view.runId),
    links.temporal === undefined
      ? null
      : { name: 'Workflow', kind: 'link', text: 'in Temporal’s UI', href: links.temporal },
  ];
  return facts.filter((fact) => fact !== null);
}

function versions({ version, status }: RolloutView): string | null {
  const arms = status?.arms;
  return arms ? `${arms.canaryVersion} beside ${arms.stableVersion}` : version;
}

function slots({ status }: RolloutView): string | null {
  const arms = status?.arms;
  if (!arms) return null;
  const canary: Slot = otherSlot(arms.stableSlot);
  return `${arms.canaryVersion} in ${canary}, ${arms.stableVersion} in ${arms.stableSlot}`;
}

/** Of all stages; the one under way counts on. */
function requestsOf({ status, live }: RolloutView): string | null {
  const ended = (status?.reports ?? []).filter(({ endedAtMs }) => endedAtMs !== null);
  const counts = [...ended.map(({ canaryRequests }) => canaryRequests), live?.carry.canaryRequests ?? null];
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : String(known.reduce((sum, count) => sum + count, 0));
}

function text(name: string, value: string | null): Fact | null {
  return value === null ? null : { name, kind: 'text', text: value };
}

function span(name: string, ms: number | undefined): Fact | null {
  return ms === undefined ? null : { name, kind: 'span', ms };
}
