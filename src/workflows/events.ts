/** Events from outside as update and signal: the update answers what the event did, the signal is never lost. */
import { ApplicationFailure, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { isTerminal } from '../domain/rollout/commands.ts';
import { type Reception, receptionOf } from '../domain/rollout/outside.ts';
import { eventMessage, type OutsideEvent, readOutsideEvent } from '../domain/rollout/outside-event.ts';
import { type RolloutStatus, statusOf } from '../domain/rollout/status.ts';
import type { RolloutRun } from './run.ts';

export interface EventAnswer extends Reception {
  /** Of several deliveries of one event, the one that this answers; null: the sender named none. */
  readonly delivery: string | null;
  readonly status: RolloutStatus;
}

const description =
  'Tell the rollout of an event: {"id":"…","type":"security","severity":"critical","title":"…"}';

export function listenForEvents(run: RolloutRun): void {
  setHandler(
    defineSignal<[unknown]>(eventMessage),
    (input) => {
      const reading = readOutsideEvent(input);
      run.apply(
        reading.ok
          ? { kind: 'outside', event: reading.event }
          : { kind: 'malformed', name: eventMessage, message: reading.message },
      );
    },
    { description },
  );
  setHandler(
    defineUpdate<EventAnswer, [unknown]>(eventMessage),
    (input) => {
      const event = eventFrom(input);
      const reception = receptionOf(run.state, event);
      run.apply({ kind: 'outside', event });
      return { ...reception, delivery: deliveryIn(input), status: statusOf(run.state) };
    },
    {
      description,
      // Synchronous on purpose: a validator that returns a promise wedges the workflow task.
      validator: (input) => {
        eventFrom(input);
        if (isTerminal(run.state)) throw refused(`the rollout has ended: ${run.state.phase}`);
      },
    },
  );
}

function deliveryIn(input: unknown): string | null {
  const given = typeof input === 'object' && input !== null && 'delivery' in input ? input.delivery : null;
  return typeof given === 'string' ? given.slice(0, 100) : null;
}

function eventFrom(input: unknown): OutsideEvent {
  const reading = readOutsideEvent(input);
  if (!reading.ok) throw refused(reading.message);
  return reading.event;
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'command-refused');
}
