/** What every health provider promises; a provider's own test runs this suite against a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HealthProvider, ProbeTarget } from '../../../src/providers/health/types.ts';

interface HealthHarness {
  /** Reaches the server. */
  readonly provider: HealthProvider;
  /** What the server says of itself from now on; `silent`: it takes the question and answers nothing. */
  say(health: 'up' | 'down' | 'silent'): Promise<void>;
  /** What this kind of probe can tell apart. */
  readonly sees: { readonly down: boolean; readonly silent: boolean };
  /** Takes the server away for good. */
  vanish(): Promise<void>;
  close(): Promise<void>;
}

/** For servers that answer: a busy machine may take its time. */
export const patientMs = 60_000;

export const canary: ProbeTarget = { service: 'shop', environment: 'test', version: 'v2', slot: 'green' };

export function healthContract(name: string, start: () => Promise<HealthHarness>): void {
  describe(`health contract: ${name}`, () => {
    let harness: HealthHarness;
    const probe = (timeoutMs = patientMs) => harness.provider.probe(canary, { timeoutMs });
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(async () => {
      await harness?.close();
    });

    it('finds a healthy server healthy, and says what it saw', async () => {
      await harness.say('up');
      const result = await probe();
      expect(result.healthy).toBe(true);
      expect(result.detail).not.toBe('');
    });

    it('finds a server that says so not healthy, and healthy again at once', async () => {
      await harness.say('down');
      expect((await probe()).healthy).toBe(!harness.sees.down);
      await harness.say('up');
      expect((await probe()).healthy).toBe(true);
    });

    it('finds a server that does not answer in time not healthy', async () => {
      await harness.say('silent');
      expect((await probe(harness.sees.silent ? 200 : patientMs)).healthy).toBe(!harness.sees.silent);
      await harness.say('up');
    });

    it('gives up when cancelled, without an answer', async () => {
      const signal = AbortSignal.abort(new Error('the watch is over'));
      await expect(harness.provider.probe(canary, { timeoutMs: patientMs, signal })).rejects.toThrow();
    });

    it('finds a server that is gone not healthy; that is no error', async () => {
      await harness.vanish();
      const result = await probe();
      expect(result.healthy).toBe(false);
      expect(result.detail).not.toBe('');
    });

    it('closes, also twice', async () => {
      await harness.provider.close();
      await harness.provider.close();
    });
  });
}
