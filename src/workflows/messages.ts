/** Signals, updates and the query: the same names and payloads from the API, the CLI, Temporal's UI and CLI. */
import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  patched,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
} from '@temporalio/workflow';
import type { ErrorCode } from '../domain/errors.ts';
import { isRepeated, refusalOf } from '../domain/rollout/commands.ts';
import { expectationFault } from '../domain/rollout/expectation.ts';
import { statusQuery } from '../domain/rollout/names.ts';
import { readPayload } from '../domain/rollout/payload.ts';
import { type RolloutStatus, statusOf } from '../domain/rollout/status.ts';
import { type Command, type CommandName, commandNames } from '../domain/rollout/types.ts';
import { listenForEvents } from './events.ts';
import type { RolloutRun } from './run.ts';

const descriptions: Record<CommandName, string> = {
  promote: 'End the stage now and go on; {"full":true} makes the new version stable at once',
  pause: 'Stop the stage clock; the canary goes on being judged',
  resume: 'Let the stage clock run again, or give a held stage another soak',
  rollback: 'Bring all traffic back to stable now: {"reason":"…","actor":"…"}',
  approve: 'Say yes to the stage that waits for an approval',
  reject: 'Say no: brings all traffic back to stable',
  override:
    'Ask to go on in spite of windows: {"actor":"…","reason":"…","for":"1h"}; somebody else must confirm it',
  confirm: 'Say yes to an override that somebody else has asked for: {"actor":"…"}',
};

export function listen(run: RolloutRun): void {
  setHandler(defineQuery<RolloutStatus>(statusQuery), () => statusOf(run.state), {
    description: 'Everything about the rollout',
  });
  for (const name of commandNames) listenFor(run, name);
  listenForEvents(run);
  setDefaultSignalHandler((name) => {
    run.apply({
      kind: 'malformed',
      name: clip(name),
      message: `unknown signal; known are ${commandNames.join(', ')}`,
    });
  });
  setDefaultUpdateHandler((name) => {
    throw refused(`unknown update "${clip(name)}"; known are ${commandNames.join(', ')}`);
  });
}

function listenFor(run: RolloutRun, name: CommandName): void {
  const description = descriptions[name];
  setHandler(
    defineSignal<[unknown]>(name),
    (input) => {
      const reading = readPayload(name, input);
      if (reading.ok) take(run, { name, ...reading.payload }, 'signal');
      else run.apply({ kind: 'malformed', name, message: reading.message });
    },
    { description },
  );
  setHandler(
    defineUpdate<RolloutStatus, [unknown]>(name),
    (input) => {
      take(run, commandFrom(name, input), 'update');
      return statusOf(run.state);
    },
    {
      description,
      // Synchronous on purpose: a validator that returns a promise wedges the workflow task.
      validator: (input) => {
        const command = commandFrom(name, input);
        // Whoever asks again for what was done wants to hear that it was, not that it does not fit any more.
        if (isRepeated(run.state, command)) return;
        const refusal = refusalOf(run.state, command, Date.now());
        if (refusal === null) return;
        const late = expectationFault(run.state, command) !== null;
        throw refused(refusal, late ? 'rollout-moved-on' : 'command-refused');
      },
    },
  );
}

function take(run: RolloutRun, command: Command, via: 'update' | 'signal'): void {
  if (isRepeated(run.state, command) && patched('takes-a-request-once')) return;
  const known = via === 'signal' && command.gradual === false ? knownAtOnce(run, command) : command;
  run.apply({ kind: 'command', command: known, via });
}

/** Before signals could say that they are at once, each went by the plan's strategy. */
function knownAtOnce({ state }: RolloutRun, command: Command): Command {
  if (state.plan.rollback.strategy === 'gradual' && patched('signals-may-be-at-once')) return command;
  const { gradual: _, ...before } = command;
  return before;
}

function commandFrom(name: CommandName, input: unknown): Command {
  const reading = readPayload(name, input);
  if (!reading.ok) throw refused(reading.message);
  return { name, ...reading.payload };
}

function refused(
  message: string,
  code: ErrorCode & ('command-refused' | 'rollout-moved-on') = 'command-refused',
): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
