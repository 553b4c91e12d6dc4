/**
 * One incident of a target: its workflow id is the target's, so that there is one at a time. Ends when it is closed.
 */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { newIncident, onClose, onReport } from '../domain/incident/state.ts';
import {
  closeMessage,
  type Incident,
  type IncidentInput,
  incidentMemo,
  incidentQuery,
  reportSignal,
} from '../domain/incident/types.ts';
import { readAck } from '../domain/notify/ack.ts';
import type { Message } from '../domain/notify/types.ts';

export async function incident(input: IncidentInput): Promise<Incident> {
  const run = { incident: input.incident ?? newIncident(input.target, Date.now()) };
  const change = (next: Incident) => {
    run.incident = next;
    show(next);
  };
  setHandler(defineQuery<Incident>(incidentQuery), () => run.incident, {
    description: 'Everything about the incident',
  });
  setHandler(
    defineSignal<[unknown]>(reportSignal),
    (message) => {
      if (!isReport(message)) return;
      change(message.notices.reduce((so, notice) => onReport(so, message.subject, notice), run.incident));
    },
    { description: 'Sent by the companion of a rollout' },
  );
  listenForClose(run, change);
  setDefaultSignalHandler(() => {});
  return await CancellationScope.nonCancellable(async () => {
    const turn = () => run.incident.state === 'closed' || workflowInfo().continueAsNewSuggested;
    await condition(turn);
    if (run.incident.state === 'open') {
      return await continueAsNew<typeof incident>({ ...input, incident: run.incident });
    }
    return run.incident;
  });
}

function listenForClose(run: { readonly incident: Incident }, change: (next: Incident) => void): void {
  const description = 'Close it by hand: {"actor":"…","reason":"…"}';
  const close = (input: unknown) => {
    const reading = readAck(input);
    if (reading.ok) change(onClose(run.incident, reading, Date.now()));
  };
  setHandler(defineSignal<[unknown]>(closeMessage), close, { description });
  setHandler(
    defineUpdate<Incident, [unknown]>(closeMessage),
    (input) => {
      close(input);
      return run.incident;
    },
    {
      description,
      // Synchronous on purpose: a validator that returns a promise wedges the workflow task.
      validator: (input) => {
        const reading = readAck(input);
        const refusal = reading.ok
          ? run.incident.state === 'closed'
            ? 'it is closed already'
            : null
          : reading.message;
        if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal, 'command-refused');
      },
    },
  );
}

function show({ timeline, rollouts, ...summary }: Incident): void {
  const versions = rollouts.map(({ version }) => version);
  upsertMemo({ [incidentMemo]: { ...summary, versions } });
  const last = timeline.at(-1);
  const head = `**${summary.title}** (severity ${summary.severity}, ${summary.state})`;
  setCurrentDetails(last === undefined ? head : `${head}\n\n${last.text}`);
}

function isReport(input: unknown): input is Message {
  return (
    typeof input === 'object' &&
    input !== null &&
    'subject' in input &&
    typeof input.subject === 'object' &&
    input.subject !== null &&
    'notices' in input &&
    Array.isArray(input.notices) &&
    input.notices.every(
      (one) => typeof one === 'object' && one !== null && 'progress' in one && 'text' in one,
    )
  );
}
