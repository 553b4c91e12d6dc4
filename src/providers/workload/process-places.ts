/** Where a slot of a target lives on this machine: its port, its files and its command line. */
import { SluiceError } from '../../domain/errors.ts';
import type { TargetId } from '../../domain/plan/types.ts';
import type { Slot } from '../traffic/types.ts';
import type { ProcessSettings } from './process-settings.ts';
import { type SlotFiles, slotFiles } from './process-slots.ts';

export interface Place {
  readonly target: TargetId;
  readonly slot: Slot;
  readonly port: number;
  readonly files: SlotFiles;
}

/** @throws SluiceError `workload-config` if the operator has set no ports for the target. */
export function placeOf(settings: ProcessSettings, target: TargetId, slot: Slot): Place {
  const ports = settings.targets[target];
  if (ports) return { target, slot, port: ports[slot], files: slotFiles(settings.stateDir, target, slot) };
  const known = Object.keys(settings.targets).join(', ') || 'none';
  throw new SluiceError('workload-config', `No ports are set for ${target}; targets with ports: ${known}.`);
}

/** Every slot of every target that the operator has set. */
export function placesOf(settings: ProcessSettings): Place[] {
  return Object.keys(settings.targets).flatMap((target) =>
    (['blue', 'green'] as const).map((slot) => placeOf(settings, target, slot)),
  );
}

export function commandOf(settings: ProcessSettings, where: Place, version: string): string[] {
  const service = where.target.slice(where.target.indexOf('/') + 1);
  const values: Record<string, string> = { version, port: String(where.port), service, slot: where.slot };
  return settings.command.map((part) =>
    part.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole),
  );
}
