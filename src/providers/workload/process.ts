/** Runs versions as local processes, one per slot: for the demo and for services on a single machine. */
import { readFile } from 'node:fs/promises';
import { readSettings } from '../settings.ts';
import type { Slot } from '../traffic/types.ts';
import { endProcess, isAlive } from './process-identity.ts';
import { exitOf, launch, unready } from './process-launch.ts';
import { commandOf, type Place, placeOf } from './process-places.ts';
import { type ProcessSettings, processOptions, processSettings } from './process-settings.ts';
import { clearSlot, passFence, readSlot, withSlotLock } from './process-slots.ts';
import { waitReady } from './ready.ts';
import type { WorkloadProvider, WorkloadProviderType, WorkloadTarget } from './types.ts';

export const processProvider: WorkloadProviderType = {
  type: 'process',
  summary: 'Local processes, one per slot, started with a command that the operator sets.',
  options: processOptions,
  settings: processSettings,
  create: (settings) => createProcessWorkload(readSettings('process', processSettings, settings)),
};

export function createProcessWorkload(settings: ProcessSettings): WorkloadProvider {
  const place = (target: WorkloadTarget, slot: Slot) => placeOf(settings, target.id, slot);
  return {
    async versionIn(target, slot) {
      return (await readSlot(place(target, slot).files))?.version ?? null;
    },
    async start(target, slot, version, signal, progress, epoch) {
      const where = place(target, slot);
      await locked(where, settings, async () => {
        await passFence(where.files, epoch);
        await ensureRunning(where, settings, version, progress);
      });
      progress(`${version} runs in slot ${slot} on port ${where.port}, waiting until it is ready`);
      await becomeReady(where, settings, version, signal);
      progress(`${version} is ready`);
    },
    async instancesIn(target, slot) {
      const record = await readSlot(place(target, slot).files);
      if (record === null) return { wanted: 0, instances: [] };
      const { pid, version } = record;
      const ready = await isAlive(record);
      const note = ready ? null : 'its process has ended';
      return { wanted: 1, instances: [{ name: `process ${pid}`, version, ready, note }] };
    },
    async stop(target, slot, _signal, epoch) {
      const where = place(target, slot);
      await locked(where, settings, async () => {
        await passFence(where.files, epoch);
        await endSlot(where, settings);
      });
    },
    async close() {},
  };
}

function locked<T>(where: Place, settings: ProcessSettings, body: () => Promise<T>): Promise<T> {
  return withSlotLock(where.files, settings.stopTimeoutMs + 5_000, body);
}

async function ensureRunning(
  where: Place,
  settings: ProcessSettings,
  version: string,
  progress: (line: string) => void,
): Promise<void> {
  const record = await readSlot(where.files);
  const sameCommand = JSON.stringify(record?.command) === JSON.stringify(commandOf(settings, where, version));
  if (record && (await isAlive(record))) {
    if (record.version === version && sameCommand) return;
    progress(`stopping ${record.version} in slot ${where.slot}`);
    await endSlot(where, settings);
  }
  progress(`starting ${version} in slot ${where.slot}`);
  await launch(where, settings, version);
}

async function becomeReady(
  where: Place,
  settings: ProcessSettings,
  version: string,
  signal: AbortSignal,
): Promise<void> {
  const url = `http://127.0.0.1:${where.port}${settings.readyPath}`;
  const problem = await waitReady(url, {
    timeoutMs: settings.readyTimeoutMs,
    signal,
    hopeless: async () => {
      const record = await readSlot(where.files);
      if (record?.version !== version) return 'it was stopped or replaced meanwhile';
      return (await isAlive(record)) ? null : `its process ended ${exitOf(record.pid) ?? 'by itself'}`;
    },
  });
  if (problem === null) return;
  const lines = await lastLines(where.files.log);
  // Nobody wants a version that cannot start to be started again and again.
  await locked(where, settings, async () => {
    if ((await readSlot(where.files))?.version === version) await endSlot(where, settings);
  });
  throw unready(`${version} in slot ${where.slot}: ${problem}. Log ${where.files.log}${lines}`);
}

async function endSlot(where: Place, settings: ProcessSettings): Promise<void> {
  const record = await readSlot(where.files);
  if (record && (await endProcess(record, settings.stopTimeoutMs)) === 'stuck') {
    throw unready(`process ${record.pid} of ${record.version} in slot ${where.slot} cannot be ended`);
  }
  await clearSlot(where.files);
}

async function lastLines(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-5).filter(Boolean);
  return lines.length === 0 ? ' is empty.' : ` ends with:\n  ${lines.join('\n  ')}`;
}
