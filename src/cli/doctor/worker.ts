/**
 * Whether a worker does its work. That one has polled proves little: Temporal remembers the polls of one that hangs or
 * was killed. So rollouts are asked for their own account, which only a worker that works can give.
 */
import { hasEnded, type Readiness, type RolloutRow } from '../../api/contract.ts';
import { formatDuration } from '../../domain/duration.ts';
import { silentMs } from '../../domain/rollout/silence.ts';
import type { ApiClient } from '../client.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';

/** Each may be with another worker. The newest are: those of an older version may have lost theirs. */
const mostAsked = 3;

/** What one rollout tells of its worker. */
interface Look {
  readonly target: string;
  /** Null: not known, as it has ended meanwhile, or the API could not tell. */
  readonly answered: boolean | null;
  /** The worker's clock against this one, at least; negative: it is behind. */
  readonly aheadMs: number;
}

interface Asking {
  readonly withinMs: number;
  readonly now: () => number;
}

/** `running`: null where they cannot be seen. */
export async function workerFindings(
  client: ApiClient,
  worker: Readiness['worker'],
  running: readonly RolloutRow[] | null,
  asking: Asking,
): Promise<Finding[]> {
  if (!worker.seen) {
    return [wrong('worker', worker.detail, 'Start a worker; until then rollouts wait, and leases run out.')];
  }
  const newest = (running ?? []).toSorted((a, b) => b.startedAtMs - a.startedAtMs).slice(0, mostAsked);
  const looks = await Promise.all(newest.map((row) => lookAt(client, row, asking)));
  return [workFinding(worker.detail, looks, running), ...clockFindings(looks)];
}

function workFinding(detail: string, looks: readonly Look[], running: readonly RolloutRow[] | null): Finding {
  const targets = (answered: boolean) =>
    looks.flatMap((one) => (one.answered === answered ? [one.target] : [])).join(', ');
  const [heard, unheard] = [targets(true), targets(false)];
  if (unheard === '') {
    if (heard !== '') return ok('worker', `${detail}, and answers for ${heard}`);
    const why = running?.length === 0 ? 'no rollout runs' : 'no running rollout can be seen';
    return ok('worker', `${detail}; ${why}, so it cannot be asked whether it still works`);
  }
  const advice = `It hangs, is gone, or has too much to do: look at the workers’ logs, and start it anew.`;
  if (heard === '') return wrong('worker', `${detail}, but none answers for ${unheard}`, advice);
  return warning('worker', `${detail}, and answers for ${heard}, but none does for ${unheard}`, advice);
}

/** Apart by less may be the network. */
const toleratedMs = 2_000;

function clockFindings(looks: readonly Look[]): Finding[] {
  const worst = looks.toSorted((a, b) => Math.abs(b.aheadMs) - Math.abs(a.aheadMs))[0];
  if (worst === undefined || Math.abs(worst.aheadMs) < toleratedMs) return [];
  const { target, aheadMs } = worst;
  const apart = formatDuration(Math.round(Math.abs(aheadMs) / 1000) * 1000);
  const detail = `that of the worker of ${target} is at least ${apart} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine’s`;
  const hangs = aheadMs > 0 ? '' : ' If they are, its watch hangs: look at the worker’s log.';
  return [
    warning(
      'worker clock',
      detail,
      `Synchronise all clocks (NTP): times in stories and reports are off.${hangs}`,
    ),
  ];
}

async function lookAt(
  client: ApiClient,
  { target, environment, service, runId }: RolloutRow,
  { withinMs, now }: Asking,
): Promise<Look> {
  const run = { environment, service, run: runId };
  // Else the API may tell what a worker told that has stood still since.
  const options = { withinMs, headers: { 'cache-control': 'no-cache' } };
  const beganMs = now();
  const view = await client.ask('getRollout', run, options).catch(() => null);
  if (view === null || hasEnded(view.value)) return { target, answered: null, aheadMs: 0 };
  const { workerAnswered: answered, live } = view.value;
  // An old heartbeat says nothing of the clock of a worker that is gone.
  const aheadMs = answered && live !== null ? aheadOf(live.atMs, beganMs, now()) : 0;
  return { target, answered, aheadMs };
}

/** What a heartbeat proves that came to Temporal before `endedMs`, and that is seldom older than `silentMs`. */
export function aheadOf(beatAtMs: number, beganMs: number, endedMs: number): number {
  if (beatAtMs > endedMs) return beatAtMs - endedMs;
  return Math.min(0, beatAtMs + silentMs - beganMs);
}
