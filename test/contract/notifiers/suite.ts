/** What every notifier must do. An implementation's test starts the receiver, and runs this. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { Message } from '../../../src/domain/notify/types.ts';
import type { Notifier, NotifierType } from '../../../src/providers/notifiers/types.ts';
import { messageFixture, noticeFixture, told } from '../../support/notices.ts';

interface NotifierSubject {
  readonly notifier: Notifier;
  /** What the receiver has taken since the last call, each as one text. */
  taken(): Promise<readonly string[]>;
  /** From now on the receiver refuses everything for a while (`busy`), says nothing (`silent`), or is well again. */
  behave(how: 'well' | 'busy' | 'silent'): void | Promise<void>;
  /** Must never be in an error, a thread or a message. */
  readonly secrets: readonly string[];
  /** How many messages of the receiver's one trouble is told in; default: one. */
  readonly perTrouble?: number;
  close(): Promise<void>;
}

/** For receivers that answer: a busy machine may take its time. */
export const patientMs = 60_000;

const now = { atMs: Date.now(), severity: 'warning' } as const;
const begun = noticeFixture('rollback.begun', { ...now, trouble: 'opened', title: 'rollback begun' });
const restored = noticeFixture('rollback.restored', { ...now, trouble: 'resolved', title: 'all is back' });

export function notifierContract(type: NotifierType, start: () => Promise<NotifierSubject>): void {
  describe(`notifier contract: ${type.type}`, () => {
    let subject: NotifierSubject;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(async () => {
      await subject?.notifier.close();
      await subject?.close();
    });

    const tell = (
      message: Message,
      kept: Record<string, string>[] = [],
      signal = AbortSignal.timeout(patientMs),
    ) => subject.notifier.tell(told(message, kept), signal);

    /** The error of a message that does not arrive. */
    async function problem(message: Message, signal?: AbortSignal): Promise<unknown> {
      const error: unknown = await tell(message, [], signal).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(Error);
      for (const secret of subject.secrets) expect(String(error)).not.toContain(secret);
      return error;
    }

    it('lets plans set nothing, and refuses settings that it does not know', () => {
      expect(type.options.safeParse({ nonsense: true }).success).toBe(false);
      expect(type.settings.safeParse({ nonsense: true }).success).toBe(false);
    });

    it('tells trouble and its end, the second with what the first has left', async () => {
      await subject.behave('well');
      await subject.taken();
      const thread = await tell(messageFixture(begun));
      const first = await subject.taken();
      expect(first).toHaveLength(subject.perTrouble ?? 1);
      expect(first.join('\n')).toContain('shop');
      for (const secret of subject.secrets) expect(JSON.stringify(thread)).not.toContain(secret);
      await tell({ ...messageFixture(restored), thread });
      expect((await subject.taken()).length).toBeGreaterThan(0);
    });

    it('says that it failed while the receiver is busy, and tells once afterwards', async () => {
      await subject.behave('busy');
      await subject.taken();
      const error = await problem(messageFixture(begun));
      expect(error).toBeInstanceOf(SluiceError);
      expect(error).toMatchObject({ code: 'notify-failed', retryable: true });
      expect(await subject.taken()).toEqual([]);
      await subject.behave('well');
      await tell(messageFixture(begun));
      expect(await subject.taken()).toHaveLength(subject.perTrouble ?? 1);
    });

    it('gives up when it is told to, however silent the receiver is', async () => {
      await subject.behave('silent');
      await problem(messageFixture(begun), AbortSignal.timeout(300));
      await problem(messageFixture(begun), AbortSignal.abort(new Error('enough')));
      await subject.behave('well');
    });
  });
}
