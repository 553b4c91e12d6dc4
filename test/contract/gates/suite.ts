/** What every gate must do. An implementation's test starts what the gate asks, and runs this. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gate, GateQuestion, GateType, GateVerdict } from '../../../src/providers/gates/types.ts';

/** One state of the world, and what is asked in it. */
interface GateCase {
  readonly name: string;
  /** Brings the world into that state. */
  arrange?(): Promise<void> | void;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly question?: Partial<GateQuestion>;
}

/** For gates that have an answer: a busy machine may take its time. */
export const patientMs = 60_000;

interface GateSubject {
  readonly gate: Gate;
  readonly open: readonly GateCase[];
  /** Facts that are there and speak against it; `says`: what the reason must tell. */
  readonly closed: readonly (GateCase & { readonly answer: 'hold' | 'refuse'; readonly says: RegExp })[];
  /** Facts that are missing, late, empty or damaged: whatever the answer, it is not open. */
  readonly missing: readonly GateCase[];
  /** Must never be in an answer. */
  readonly secrets?: readonly string[];
  close?(): Promise<void>;
}

export function questionFixture(overrides: Partial<GateQuestion> = {}): GateQuestion {
  return {
    target: 'prod/shop',
    service: 'shop',
    environment: 'prod',
    version: 'v2',
    stableVersion: 'v1',
    artifact: {},
    place: 'start',
    author: 'ann',
    approvals: [],
    override: null,
    digests: {},
    answers: [],
    gate: 'gate',
    options: {},
    sinceMs: Date.now() - 1_000,
    nowMs: Date.now(),
    id: 'run-1/start/gate',
    ...overrides,
  };
}

export function gateContract(type: GateType, start: () => Promise<GateSubject>): void {
  describe(`gate contract: ${type.type}`, () => {
    let subject: GateSubject;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(async () => {
      await subject?.gate.close();
      await subject?.close?.();
    });

    async function ask(one: GateCase, signal = AbortSignal.timeout(patientMs)): Promise<GateVerdict> {
      await one.arrange?.();
      const options = type.options.parse(one.options ?? {});
      // What the workflow would do with an error of any kind is to hold or to refuse.
      const verdict = await subject.gate
        .evaluate(questionFixture({ ...one.question, options }), signal)
        .catch((error: unknown): GateVerdict => ({ answer: 'hold', reason: String(error) }));
      const text = JSON.stringify({ reason: verdict.reason, facts: verdict.facts ?? {} });
      expect(text.length).toBeLessThan(5_000);
      expect(verdict.reason.length).toBeGreaterThan(0);
      expect(verdict.reason).not.toMatch(/\n\s+at /);
      for (const secret of subject.secrets ?? []) expect(JSON.stringify(verdict)).not.toContain(secret);
      return verdict;
    }

    it('refuses options that it does not know', () => {
      expect(type.options.safeParse({ nonsense: true }).success).toBe(false);
    });

    it('opens when all is as it should be, and says what it saw', async () => {
      expect(subject.open.length).toBeGreaterThan(0);
      for (const one of subject.open) expect(await ask(one), one.name).toMatchObject({ answer: 'open' });
    });

    it('stays closed when something speaks against it, and says what', async () => {
      expect(subject.closed.length).toBeGreaterThan(0);
      for (const one of subject.closed) {
        const { answer, reason } = await ask(one);
        expect({ answer, reason }, one.name).toEqual({
          answer: one.answer,
          reason: expect.stringMatching(one.says),
        });
      }
    });

    it('never opens for want of facts', async () => {
      for (const one of subject.missing) {
        expect((await ask(one)).answer, one.name).not.toBe('open');
      }
    });

    it('gives the same answer to the same question, and changes nothing by being asked', async () => {
      for (const one of [...subject.open, ...subject.closed].slice(0, 3)) {
        const first = await ask(one);
        expect((await ask(one)).answer, one.name).toBe(first.answer);
      }
    });

    it('does not open for a caller who has given up', async () => {
      const [first] = subject.open;
      if (first === undefined) throw new Error('a gate that is never open is none');
      await first.arrange?.();
      const options = type.options.parse(first.options ?? {});
      const asked = subject.gate.evaluate(
        questionFixture({ ...first.question, options }),
        AbortSignal.abort(new Error('enough')),
      );
      // A gate that asks nobody may answer all the same; one that asks must not hang.
      await Promise.race([
        asked.catch(() => {}),
        new Promise((_, reject) => AbortSignal.timeout(patientMs).addEventListener('abort', reject)),
      ]);
    });
  });
}
