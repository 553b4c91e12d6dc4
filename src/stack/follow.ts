/** Follows one rollout to its end on the screen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from '../api/contract.ts';
import { messageOf } from '../domain/errors.ts';
import type { RolloutStatus, WatchProgress } from '../domain/rollout/status.ts';
import type { DemoClient, LoadSeen } from './api-client.ts';
import type { Ended } from './demo-report.ts';
import { fitting } from './fit.ts';
import type { Screen } from './screen.ts';
import { renderView } from './view.ts';

const lookEveryMs = 500;

/** @throws Error if the rollout has not ended by `deadlineMs`, or when `signal` aborts. */
export async function followRollout(
  client: DemoClient,
  runId: string,
  screen: Screen,
  options: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<Ended> {
  const told = { entries: 0, progress: '', trouble: '' };
  for (;;) {
    options.signal.throwIfAborted();
    const load = await client.load().catch(() => null);
    const view = await client.rollout(runId).catch((error: unknown) => messageOf(error));
    if (typeof view === 'string' || view === null)
      sayTrouble(screen, told, view ?? 'the rollout is not listed yet');
    else {
      if (view.status) show(screen, view.status, view.live, load, told);
      else sayTrouble(screen, told, 'no worker answers; the rollout waits');
      if (hasEnded(view) && (view.status || !view.workerAnswered)) {
        screen.settle();
        const outcome = view.status?.outcome ?? view.outcome ?? view.temporalStatus.toLowerCase();
        return { version: view.status?.version ?? view.version ?? '?', status: view.status, outcome };
      }
    }
    if (Date.now() > options.deadlineMs) throw new Error('The rollout has not ended in time.');
    await sleep(lookEveryMs, undefined, { signal: options.signal });
  }
}

interface Told {
  entries: number;
  progress: string;
  trouble: string;
}

function show(
  screen: Screen,
  status: RolloutStatus,
  live: WatchProgress | null,
  load: LoadSeen | null,
  told: Told,
): void {
  told.trouble = '';
  if (screen.live) {
    const { columns, color, rows } = screen;
    const options = { nowMs: Date.now(), columns, color };
    screen.draw(fitting((way) => renderView(status, live, load, { ...options, ...way, bars: false }), rows));
    return;
  }
  const known = status.timeline.slice(Math.max(0, told.entries - status.droppedEntries));
  for (const { atMs, text, actor } of known) {
    screen.say(`  ${new Date(atMs).toISOString().slice(11, 19)} ${text}${actor ? ` (${actor})` : ''}`);
  }
  told.entries = status.timeline.length + status.droppedEntries;
  const { key, line } = progress(status, live, load);
  if (key !== '' && key !== told.progress) screen.say(`  ${line}`);
  told.progress = key;
}

/** Where there is no picture: one line whenever a check changes its mind. */
function progress(
  status: RolloutStatus,
  live: WatchProgress | null,
  load: LoadSeen | null,
): { key: string; line: string } {
  if (!live || live.verdicts.length === 0 || status.outcome) return { key: '', line: '' };
  const kinds = [...new Map(live.verdicts.map(({ check, kind }) => [check, kind]))]
    .map((pair) => pair.join(' '))
    .join(', ');
  const key = `${status.stage} ${status.phase} ${live.trouble} ${kinds}`;
  const measured = live.measuredPercent === null ? '—' : `${live.measuredPercent.toFixed(1)} %`;
  const errors = load ? `; users see ${load.last5s.errorPercent.toFixed(1)} % errors` : '';
  const trouble = live.trouble ? `; trouble: ${live.trouble}` : '';
  return {
    key,
    line: `         ${kinds}; asked ${live.askedPercent} %, measured ${measured}${errors}${trouble}`,
  };
}

/** Once per kind of trouble: the API and the worker may well be killed by hand, and come back. */
function sayTrouble(screen: Screen, told: Told, what: string): void {
  if (told.trouble !== what) screen.say(`  ${what}`);
  told.trouble = what;
}
