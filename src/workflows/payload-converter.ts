/**
 * Decodes what comes into a workflow without ever throwing. Anybody who reaches Temporal can send a signal whose
 * payload cannot be decoded; the default converter throws, the workflow task fails for ever, and not even a rollback
 * gets in.
 */
import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { sealedEncoding } from '../domain/sealed-encoding.ts';

export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload: <T>(payload: Payload): T => {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch (error) {
      const undecodable = error instanceof Error ? error.message : String(error);
      // The reader of commands refuses the unknown field and notes it in the timeline.
      return { undecodable } as T;
    }
  },
};

/** Throws what fails the task, which is tried again until a worker can read it: nothing can be decided without it. */
export function needReadable(input: object): void {
  if (!('undecodable' in input)) return;
  const why = String(input.undecodable);
  const what = `what this was started with cannot be read (${why})`;
  if (why.includes(sealedEncoding)) {
    throw new Error(
      `payload-key-missing: ${what}; temporal.encryption.keys of this worker lacks its key, or it was changed.`,
    );
  }
  throw new Error(
    `request-invalid: ${what}; it was not started by Sluice. Terminate it and start it by the API.`,
  );
}
