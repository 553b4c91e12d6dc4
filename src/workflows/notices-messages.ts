/** Signals, update and query of a companion: the rollout tells, people acknowledge, anybody may look. */
import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import { readAck } from '../domain/notify/ack.ts';
import { ackMessage, noticeSignal, noticesQuery, tellSignal } from '../domain/notify/names.ts';
import { ackRefusalOf, isOver } from '../domain/notify/state.ts';
import { type NoticesStatus, noticesStatusOf } from '../domain/notify/status.ts';
import type { Notice, Told } from '../domain/notify/types.ts';
import type { NoticesRun } from './notices-run.ts';

const description =
  'Say that somebody has taken it on, which ends the escalation: {"actor":"…","reason":"…"}';

export function listenForNotices(run: NoticesRun): void {
  const statusNow = () => noticesStatusOf(run.state, isOver(run.state));
  setHandler(defineQuery<NoticesStatus>(noticesQuery), statusNow, {
    description: 'Who was told, what waits, and what is open',
  });
  setHandler(
    defineSignal<[unknown]>(tellSignal),
    (told) => {
      if (isTelling(told)) run.tell(told);
    },
    { description: 'Sent by the rollout itself' },
  );
  setHandler(
    defineSignal<[unknown]>(noticeSignal),
    (notice) => {
      if (isNotice(notice)) run.hear([notice]);
    },
    { description: 'Sent by an emergency itself' },
  );
  setHandler(
    defineSignal<[unknown]>(ackMessage),
    (input) => {
      const reading = readAck(input);
      if (reading.ok) run.acknowledge(reading.actor, reading.reason);
    },
    { description },
  );
  setHandler(
    defineUpdate<NoticesStatus, [unknown]>(ackMessage),
    (input) => {
      const reading = readAck(input);
      if (reading.ok) run.acknowledge(reading.actor, reading.reason);
      return statusNow();
    },
    {
      description,
      // Synchronous on purpose: a validator that returns a promise wedges the workflow task.
      validator: (input) => {
        const reading = readAck(input);
        const refusal = reading.ok ? ackRefusalOf(run.state) : reading.message;
        if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal, 'command-refused');
      },
    },
  );
  // What else comes is nobody's: an unknown signal must not wait for a handler for ever.
  setDefaultSignalHandler(() => {});
}

/** Anybody may send signals; only what a rollout sends has this shape. */
function isTelling(input: unknown): input is Told {
  return (
    typeof input === 'object' &&
    input !== null &&
    'lines' in input &&
    Array.isArray(input.lines) &&
    input.lines.every(isLine) &&
    'progress' in input &&
    typeof input.progress === 'object' &&
    input.progress !== null
  );
}

function isNotice(input: unknown): input is Notice {
  return (
    typeof input === 'object' && input !== null && 'key' in input && 'event' in input && 'progress' in input
  );
}

function isLine(line: unknown): boolean {
  return (
    typeof line === 'object' &&
    line !== null &&
    'entry' in line &&
    typeof line.entry === 'object' &&
    line.entry !== null &&
    'kind' in line.entry &&
    'text' in line.entry &&
    typeof line.entry.text === 'string'
  );
}
