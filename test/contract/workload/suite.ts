/** What every workload provider must do; each implementation's test is one call of this. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { WorkloadProvider, WorkloadTarget } from '../../../src/providers/workload/types.ts';

interface WorkloadSubject {
  readonly provider: WorkloadProvider;
  /** A target whose slots are empty or, where the plan names the versions, hold `v1` in blue and `v2` in green. */
  readonly target: WorkloadTarget;
  /** Why a version started once cannot be seen to be gone after `stop`; null: it can. */
  readonly stopIsForeign: string | null;
  /** A version that `start` cannot make ready, and the code with which it says so. */
  readonly hopeless: { readonly version: string; readonly code: string };
  close(): Promise<void>;
}

export function workloadContract(name: string, open: () => Promise<WorkloadSubject>): void {
  describe(`workload contract: ${name}`, () => {
    const signal = new AbortController().signal;
    let subject: WorkloadSubject;

    beforeEach(async () => {
      subject = await open();
    });
    afterEach(async () => {
      await subject.provider.close();
      await subject.close();
    });

    const start = (slot: 'blue' | 'green', version: string, lines: string[] = []) =>
      subject.provider.start(subject.target, slot, version, signal, (line) => lines.push(line));
    const versionIn = (slot: 'blue' | 'green') => subject.provider.versionIn(subject.target, slot);

    it('runs a version in a slot, says which, and tells its progress', async () => {
      const lines: string[] = [];
      await start('blue', 'v1', lines);
      expect(await versionIn('blue')).toBe('v1');
      expect(lines.length).toBeGreaterThan(0);
    });

    it('tells the instances of a slot, or says that it knows none', async () => {
      await start('blue', 'v1');
      const ask = (slot: 'blue' | 'green') => subject.provider.instancesIn?.(subject.target, slot, signal);
      const seen = await ask('blue');
      if (seen === undefined) return;
      expect(seen.wanted).toBe(seen.instances.length);
      for (const one of seen.instances) expect(one).toMatchObject({ version: 'v1', ready: true, note: null });
      expect(seen.instances.length).toBeGreaterThan(0);
      expect(await ask('green')).toEqual({ wanted: 0, instances: [] });
    });

    it('keeps the slots apart', async () => {
      await start('blue', 'v1');
      await start('green', 'v2');
      expect([await versionIn('blue'), await versionIn('green')]).toEqual(['v1', 'v2']);
    });

    it('starts twice as well as once, also at the same time', async () => {
      await Promise.all([start('blue', 'v1'), start('blue', 'v1')]);
      await start('blue', 'v1');
      expect(await versionIn('blue')).toBe('v1');
    });

    it('stops what runs, stops nothing gladly, and starts again', async () => {
      await subject.provider.stop(subject.target, 'green');
      await start('green', 'v2');
      await subject.provider.stop(subject.target, 'green');
      await subject.provider.stop(subject.target, 'green');
      if (subject.stopIsForeign === null) expect(await versionIn('green')).toBeNull();
      await start('green', 'v2');
      expect(await versionIn('green')).toBe('v2');
    });

    it('refuses a start or stop that comes about after that of a newer owner, and changes nothing', async () => {
      if (subject.stopIsForeign !== null) {
        await subject.provider.stop(subject.target, 'green', signal, 1);
        expect(await versionIn('green')).toBe('v2');
        return;
      }
      const at = (epoch: number) =>
        subject.provider.start(subject.target, 'green', 'v2', signal, () => {}, epoch);
      await at(5);
      await at(5);
      await subject.provider.stop(subject.target, 'green', signal, 7);
      await expect(at(6)).rejects.toMatchObject({ code: 'workload-fenced' });
      expect(await versionIn('green')).toBeNull();
      await at(8);
      const late = subject.provider.stop(subject.target, 'green', signal, 7);
      await expect(late).rejects.toMatchObject({ code: 'workload-fenced' });
      expect(await versionIn('green')).toBe('v2');
    });

    it('says so with a code of the catalogue when a version does not become ready', async () => {
      const { version, code } = subject.hopeless;
      const error = await start('green', version).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(SluiceError);
      expect(error).toMatchObject({ code });
    });

    it('gives up at once when it is told to', async () => {
      const aborted = AbortSignal.abort(new Error('enough'));
      const started = subject.provider.start(
        subject.target,
        'green',
        subject.hopeless.version,
        aborted,
        () => {},
      );
      await expect(started).rejects.toThrow();
    });
  });
}
