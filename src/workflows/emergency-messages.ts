/** Signals, update and query of an emergency: the same names from the API, Temporal's UI and CLI. */
import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import { readAgain, readRelease } from '../domain/emergency/payload.ts';
import { type EmergencyStatus, emergencyStatusOf } from '../domain/emergency/status.ts';
import { againSignal, emergencyStatusQuery, releaseMessage } from '../domain/emergency/types.ts';
import type { EmergencyRun } from './emergency-run.ts';

const description = 'Let rollouts in the scope begin again: {"actor":"…","reason":"…"}';

export function listenForEmergency(run: EmergencyRun): void {
  setHandler(defineQuery<EmergencyStatus>(emergencyStatusQuery), () => emergencyStatusOf(run.state), {
    description: 'Everything about the emergency',
  });
  setHandler(
    defineSignal<[unknown]>(releaseMessage),
    (input) => {
      const reading = readRelease(input);
      if (reading.ok) run.release(reading.value);
      else run.note(`release ignored: ${reading.message}`);
    },
    { description },
  );
  setHandler(
    defineUpdate<EmergencyStatus, [unknown]>(releaseMessage),
    (input) => {
      const reading = readRelease(input);
      if (reading.ok) run.release(reading.value);
      return emergencyStatusOf(run.state);
    },
    {
      description,
      // Synchronous on purpose: a validator that returns a promise wedges the workflow task.
      validator: (input) => {
        const reading = readRelease(input);
        if (!reading.ok) throw ApplicationFailure.nonRetryable(reading.message, 'command-refused');
      },
    },
  );
  setHandler(
    defineSignal<[unknown]>(againSignal),
    (input) => {
      const reading = readAgain(input);
      if (reading.ok) run.again(reading.value);
      else run.note(`${againSignal} ignored: ${reading.message}`);
    },
    {
      description: 'Look at the scope once more; sent by the API when the same emergency is asked for again',
    },
  );
  setDefaultSignalHandler((name) => run.note(`unknown signal "${name.slice(0, 80)}" ignored`));
}
