/** One run: a rollout under faults and commands, then everything is brought back, and its end is awaited and judged. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Parts, Seen } from '../support/parts.ts';
import { waitFor } from '../support/wait-for.ts';
import type { HaproxyMeter } from './haproxy-meter.ts';
import {
  answeredAfter,
  type Evidence,
  leastAnswersAfterEnd,
  type Violation,
  violationsOf,
} from './invariants.ts';
import { give, type OrderRecord } from './orders.ts';
import { chaosPlan, orphanGraceMs } from './plan.ts';
import { Saboteur } from './saboteur.ts';
import type { OrderName, Schedule } from './schedule.ts';
import type { Users } from './users.ts';

export interface Stage {
  readonly parts: Parts;
  readonly users: Users;
  readonly meter: HaproxyMeter;
}

export interface RunResult {
  readonly schedule: Schedule;
  readonly startedMs: number;
  readonly tookMs: number;
  readonly evidence: Evidence;
  readonly faultLog: Saboteur['log'];
  readonly missedFaults: number;
  readonly violations: readonly Violation[];
}

/** After the last fault. Several times what a rollout takes, since a busy machine is no fault of a rollout's. */
const endWithinMs = 180_000;
const trafficAfterEndMs = 2_000;
/** A hold for want of evidence ends by itself; a person waits so long before asking for the way back. */
const patienceMs = 8_000;
const slackMs = 1_000;

export async function runOnce(stage: Stage, schedule: Schedule, stableVersion: string): Promise<RunResult> {
  const { parts, users, meter } = stage;
  const startedMs = Date.now();
  const run = await parts.ship(schedule.version, () => chaosPlan(schedule));
  const look: Look = { seen: null, ended: false };
  const saboteur = new Saboteur(parts, schedule.version, () => look.ended);
  const orders: OrderRecord[] = [];
  const stopLooking = keepLooking(look, parts, run, saboteur);
  await Promise.all([
    ...schedule.faults.map(async (fault) => {
      await pauseUntil(startedMs + fault.atMs, look);
      if (!look.ended) await saboteur.hit(fault);
    }),
    ...schedule.orders.map(async ({ atMs, name, full }, index) => {
      await pauseUntil(startedMs + atMs, look);
      const reason = `${schedule.version}-${index}`;
      if (!look.ended) orders.push(await give(parts.apiUrl, { name, full, reason }));
    }),
  ]);
  await saboteur.bringBack();
  const seen = await awaitEnd(stage, schedule, look, orders);
  await stopLooking();
  await sleep(trafficAfterEndMs);
  await trafficAfter(seen?.status?.endedAtMs ?? null, users);
  // Requests sent last have had time for their answers.
  const untilMs = Date.now() - 200;
  const evidence: Evidence = {
    schedule,
    stableVersion,
    status: seen?.status ?? null,
    temporalStatus: seen?.temporalStatus ?? 'not seen',
    outages: saboteur.outages,
    orders,
    samples: users.sentBetween(startedMs, untilMs),
    counts: meter.counts.filter(({ fromMs }) => fromMs >= startedMs),
    bounds: { leaseTtlMs: schedule.leaseTtlMs, orphanGraceMs: orphanGraceMs(schedule), slackMs },
  };
  return {
    schedule,
    startedMs,
    tookMs: Date.now() - startedMs,
    evidence,
    faultLog: saboteur.log,
    missedFaults: saboteur.missed,
    violations: violationsOf(evidence),
  };
}

/** Until there is enough to be judged: on a busy machine, what was brought back last may be slow to answer. */
async function trafficAfter(endedAtMs: number | null, users: Users): Promise<void> {
  if (endedAtMs === null) return;
  const enough = () => {
    const samples = users.sentBetween(endedAtMs, Date.now() - 200);
    return answeredAfter(endedAtMs, samples).length >= leastAnswersAfterEnd;
  };
  // If they do not come, that is told with all else that is wrong.
  await waitFor('traffic after the end', enough, { timeoutMs: 30_000 }).catch(() => {});
}

interface Look {
  seen: Seen | null;
  ended: boolean;
}

/** Follows the rollout as far as the API can tell, and keeps an eye on the processes. Returns how to end that. */
function keepLooking(look: Look, parts: Parts, run: string, saboteur: Saboteur): () => Promise<void> {
  let running = true;
  const loop = (async () => {
    while (running) {
      saboteur.supervise();
      look.seen = await parts.see(run).catch(() => look.seen);
      // The rollout's own account says "ended" a moment before Temporal does.
      look.ended = look.seen?.status != null && look.seen.temporalStatus !== 'RUNNING';
      await sleep(200);
    }
  })();
  return async () => {
    running = false;
    await loop;
  };
}

async function pauseUntil(atMs: number, look: Look): Promise<void> {
  while (!look.ended && Date.now() < atMs) await sleep(Math.min(50, atMs - Date.now()));
}

/**
 * Waits as a person would who minds the rollout: resumes what is paused, decides on what is held. Null: nothing was
 * seen.
 */
async function awaitEnd(
  { parts }: Stage,
  { version }: Schedule,
  look: Look,
  orders: OrderRecord[],
): Promise<Seen | null> {
  let acts = 0;
  let heldSinceMs: number | null = null;
  const decide = async (name: OrderName) => {
    acts += 1;
    heldSinceMs = null;
    orders.push(await give(parts.apiUrl, { name, full: false, reason: `${version}-end-${acts}` }));
  };
  const ended = async () => {
    if (look.ended) return look.seen;
    const status = look.seen?.status;
    if (status?.phase !== 'holding') heldSinceMs = null;
    else heldSinceMs ??= Date.now();
    if (status?.paused) await decide('resume');
    else if (heldSinceMs !== null && Date.now() - heldSinceMs > patienceMs) await decide('rollback');
    return null;
  };
  return waitFor('the rollout to end', ended, { timeoutMs: endWithinMs, everyMs: 200 }).catch(
    () => look.seen,
  );
}
