/** All slots of this machine at once, for whoever starts and stops the machine's services: the local stack. */
import { messageOf } from '../../domain/errors.ts';
import { endProcess, isAlive } from './process-identity.ts';
import { launch } from './process-launch.ts';
import { placesOf } from './process-places.ts';
import type { ProcessSettings } from './process-settings.ts';
import { readSlot, withSlotLock } from './process-slots.ts';

/**
 * Starts again whatever should run but does not, without waiting until it is ready. A slot that somebody is changing at
 * this moment is left to them. `report` gets a line for each start and each failure.
 */
export async function resume(settings: ProcessSettings, report: (line: string) => void): Promise<void> {
  for (const where of placesOf(settings)) {
    const record = await readSlot(where.files);
    if (!record || (await isAlive(record))) continue;
    try {
      await withSlotLock(where.files, 0, async () => {
        const now = await readSlot(where.files);
        if (!now || (await isAlive(now))) return;
        await launch(where, settings, now.version);
        report(`${where.target} ${where.slot}: ${now.version} started again`);
      });
    } catch (error) {
      report(`${where.target} ${where.slot}: ${messageOf(error)}`);
    }
  }
}

/** Ends every slot's process but keeps the records, so that `resume` brings back what ran. Returns how many ended. */
export async function stopAll(settings: ProcessSettings): Promise<number> {
  const endings = placesOf(settings).map(async (where) => {
    const record = await readSlot(where.files);
    return record && (await endProcess(record, settings.stopTimeoutMs)) !== 'gone' ? 1 : 0;
  });
  return (await Promise.all(endings)).reduce<number>((sum, one) => sum + one, 0);
}
