/** What the supervisor needs to know of a part of the stack. */

export interface Component {
  /** Shown to people, such as `HAProxy`. */
  readonly name: string;
  /** Name of its log file without ending. */
  readonly log: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the stack's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Asked until it says null; a text says what is missing. */
  readonly ready: () => Promise<string | null>;
  /** Default: 60 s. A start takes a second or two, unless the machine is busy. */
  readonly readyTimeoutMs?: number;
  /** Time for a clean end. Default: 3 s. */
  readonly stopGraceMs?: number;
}

/** Ready when the address answers 200. */
export function answers(url: string): () => Promise<string | null> {
  return async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    const text = await answer.text();
    return answer.status === 200 ? null : `${url} answered ${answer.status} ${text.slice(0, 300)}`;
  };
}
