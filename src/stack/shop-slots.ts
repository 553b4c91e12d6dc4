/** Brings the demo shop's versions up as they last were, or the first version where nothing was yet. */
import { readFileSync } from 'node:fs';
import { messageOf } from '../domain/errors.ts';
import { otherSlot, type Slot } from '../domain/rollout/types.ts';
import { mapFile } from '../providers/traffic/haproxy/maps.ts';
import { createProcessWorkload } from '../providers/workload/process.ts';
import { resume } from '../providers/workload/process-fleet.ts';
import type { ProcessSettings } from '../providers/workload/process-settings.ts';
import { demoTarget } from './configs.ts';

const firstVersion = 'v1';
const lookEveryMs = 2_000;

/** Returns when the stable version is ready. A canary of an unfinished rollout comes back too, or is reported. */
export async function bringUpShop(
  settings: ProcessSettings,
  mapsDir: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const workload = createProcessWorkload(settings);
  const stable = stableSlot(mapsDir);
  const version = (await workload.versionIn(demoTarget, stable)) ?? firstVersion;
  await workload.start(demoTarget, stable, version, signal, () => {});
  say(`shop ${version} is ready in slot ${stable}`);
  const canary = await workload.versionIn(demoTarget, otherSlot(stable));
  if (canary === null) return;
  try {
    await workload.start(demoTarget, otherSlot(stable), canary, signal, () => {});
    say(`shop ${canary} is ready in slot ${otherSlot(stable)}`);
  } catch (error) {
    say(messageOf(error));
  }
}

/** Starts a version again when its process has died. Returns how to end the watch. */
export function keepShopUp(settings: ProcessSettings, say: (line: string) => void): () => Promise<void> {
  let look: Promise<void> = Promise.resolve();
  let last = '';
  const report = (line: string) => {
    // One that fails in the same way each time is worth one line.
    if (line !== last) say(line);
    last = line;
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    look = resume(settings, report)
      .catch((error: unknown) => report(messageOf(error)))
      .finally(() => {
        busy = false;
      });
  }, lookEveryMs);
  return async () => {
    clearInterval(timer);
    await look;
  };
}

/** The version that takes ordinary traffic; null: none is on record. */
export async function stableVersion(settings: ProcessSettings, mapsDir: string): Promise<string | null> {
  return createProcessWorkload(settings).versionIn(demoTarget, stableSlot(mapsDir));
}

function stableSlot(mapsDir: string): Slot {
  const lines = readFileSync(mapFile(mapsDir, 'roles'), 'utf8').split('\n');
  const role = lines.map((line) => line.split(/\s+/)).find(([target]) => target === demoTarget.id)?.[1];
  return role === 'green' ? 'green' : 'blue';
}
