/**
 * Signals and updates of all kinds: whatever a workflow is sent, its handlers read or refuse, and its state stays one.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readAgain, readRelease } from '../../../../src/domain/emergency/payload.ts';
import { readAck } from '../../../../src/domain/notify/ack.ts';
import { legalCommands, refusalOf } from '../../../../src/domain/rollout/commands.ts';
import { effectOf } from '../../../../src/domain/rollout/effects.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import { readOutsideEvent } from '../../../../src/domain/rollout/outside-event.ts';
import { readPayload } from '../../../../src/domain/rollout/payload.ts';
import { statusOf } from '../../../../src/domain/rollout/status.ts';
import type { CommandName, RolloutState } from '../../../../src/domain/rollout/types.ts';
import { fuzzRuns } from '../../../support/fuzz-runs.ts';
import { fuzzedMessage, fuzzedPayload } from '../../../support/fuzzed-messages.ts';
import { planFixture } from '../../../support/plan.ts';

/** As the handlers of the workflow do it. */
function received(state: RolloutState, name: CommandName | 'event', via: 'update' | 'signal', sent: unknown) {
  if (name === 'event') {
    const reading = readOutsideEvent(sent);
    return apply(
      state,
      reading.ok
        ? { kind: 'outside', event: reading.event }
        : { kind: 'malformed', name, message: reading.message },
      2_000,
    );
  }
  const reading = readPayload(name, sent);
  if (!reading.ok) return apply(state, { kind: 'malformed', name, message: reading.message }, 2_000);
  const command = { name, ...reading.payload };
  // An update that is refused never gets to the state.
  if (via === 'update' && refusalOf(state, command, 2_000) !== null) return state;
  return apply(state, { kind: 'command', command, via }, 2_000);
}

it('a rollout takes any messages, in any order, and still tells of itself and takes a rollback', () => {
  fc.assert(
    fc.property(fc.array(fuzzedMessage, { maxLength: 12 }), (messages) => {
      const begun = initialState({ plan: planFixture(), actor: 'ann', reason: 'r', atMs: 1_000 });
      const state = messages.reduce((so, { name, via, sent }) => received(so, name, via, sent), begun);
      expect(JSON.parse(JSON.stringify(statusOf(state))).target).toBe(statusOf(begun).target);
      expect(effectOf(state).key).not.toBe('');
      const over = statusOf(state).outcome !== null;
      expect(over || state.cause !== null || legalCommands(state).includes('rollback')).toBe(true);
    }),
    { numRuns: fuzzRuns(1_000) },
  );
});

it('what emergencies, notices and incidents are sent is read or refused in words', () => {
  fc.assert(
    fc.property(fuzzedPayload, (sent) => {
      for (const reading of [readRelease(sent), readAgain(sent), readAck(sent)]) {
        if (!reading.ok) expect(reading.message).not.toBe('');
      }
    }),
    { numRuns: fuzzRuns(1_000) },
  );
});
