/** One attempt to start a rollout: a key that stays the same for as long as asking again may not start a second one. */
export interface Attempt {
  readonly key: string;
  readonly text: string;
}

/** The same key for the same plan until an answer has said that it began; a changed plan is another attempt. */
export function attemptFor(last: Attempt | null, text: string, makeKey: () => string): Attempt {
  return last?.text === text ? last : { key: makeKey(), text };
}

/** As it was kept; null: nothing was, or something else. */
export function readAttempt(kept: string | null): Attempt | null {
  const [key, text] = /^\{"key":"([\w-]+)","text":(".*")\}$/s.exec(kept ?? '')?.slice(1) ?? [];
  return key === undefined || text === undefined ? null : { key, text: JSON.parse(text) as string };
}
