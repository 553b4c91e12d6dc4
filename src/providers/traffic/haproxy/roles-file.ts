/** The roles map on disk: which slot is stable must survive a restart of HAProxy, so it is written before the runtime map. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { messageOf, SluiceError } from '../../../domain/errors.ts';
import type { TargetId } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';

/** Replaces the target's line in one rename; other lines stay as they are. Errors: `traffic-unready`. */
export function writeRole(file: string, id: TargetId, slot: Slot): void {
  try {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '' && line.split(/\s+/)[0] !== id);
    const next = `${file}.${process.pid}.tmp`;
    writeFileSync(next, `${[...lines, `${id} ${slot}`].join('\n')}\n`);
    renameSync(next, file);
  } catch (error) {
    const why = `The role of ${id} cannot be kept in ${file}: ${messageOf(error)}.`;
    throw new SluiceError(
      'traffic-unready',
      `${why} A restart of HAProxy would bring the old version back.`,
      { cause: error },
    );
  }
}
