/** The demo: ships a good and a bad version of the shop as real rollouts, and shows what becomes of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from '../api/contract.ts';
import type { DemoClient } from './api-client.ts';
import { complaints, type Ended, summary } from './demo-report.ts';
import { badVersion, nextGoodVersion, withVersion } from './demo-versions.ts';
import { followRollout } from './follow.ts';
import type { Screen } from './screen.ts';

interface DemoOptions {
  readonly client: DemoClient;
  readonly screen: Screen;
  readonly root: string;
  readonly signal: AbortSignal;
  /** The shop's stable version at this moment; null: not known. */
  readonly stable: () => Promise<string | null>;
}

/** Longer than any of the demo's plans may run. */
const rolloutLimitMs = 15 * 60_000;
/** How long users are watched after the rollback, to prove that not one more meets the bad version. */
const observeMs = 5_000;

/** Returns whether all went as it should. @throws Error when a rollout cannot be started or does not end. */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { client, screen, signal } = options;
  const old = await finishOld(options);
  const good = old?.outcome === 'promoted' && old.version !== badVersion ? old : await shipGood(options);
  const bad = await ship(
    options,
    'shop-bad.yaml',
    badVersion,
    'a bad version, 5 % of its answers are errors',
  );
  screen.say(`watching users for ${observeMs / 1000} s more`);
  await sleep(observeMs, undefined, { signal });
  const end = { good, bad, load: await client.load() };
  screen.say('');
  for (const line of summary(end)) screen.say(line);
  const found = complaints(end);
  for (const complaint of found) screen.say(`  NOT AS IT SHOULD BE: ${complaint}`);
  screen.say('');
  return found.length === 0;
}

/** A rollout that an earlier stack left behind goes on where it was. */
async function finishOld({ client, screen, signal }: DemoOptions): Promise<Ended | null> {
  const old = await client.rollout();
  if (!old || hasEnded(old)) return null;
  screen.say(`The rollout of ${old.version ?? 'the shop'} that was under way resumes:`);
  const ended = await followRollout(client, old.runId, screen, {
    deadlineMs: Date.now() + rolloutLimitMs,
    signal,
  });
  screen.say(`${ended.version}: ${ended.outcome}\n`);
  return ended;
}

async function shipGood(options: DemoOptions): Promise<Ended> {
  return ship(options, 'shop-good.yaml', nextGoodVersion(await options.stable()), 'a good version');
}

async function ship(options: DemoOptions, example: string, version: string, what: string): Promise<Ended> {
  const { client, screen, root, signal } = options;
  const plan = withVersion(readFileSync(join(root, 'examples', example), 'utf8'), version);
  screen.say(`Shipping ${version}, ${what} (examples/${example}):`);
  const { runId } = await client.start(plan);
  const ended = await followRollout(client, runId, screen, {
    deadlineMs: Date.now() + rolloutLimitMs,
    signal,
  });
  screen.say(`${ended.version}: ${ended.outcome}\n`);
  return ended;
}
