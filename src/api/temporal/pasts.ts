/** What is made of rollouts' histories, made again only when they have grown. */
import type { Described } from './view.ts';

/** The least used goes first; each is some ten to hundred kilobytes. */
const mostKept = 100;

interface Kept<T> {
  /** Of the history that it was made of. */
  readonly length: string;
  readonly past: T;
}

/** Of the history; empty: Temporal did not say. */
export function lengthOf({ workflowExecutionInfo }: Described['raw']): string {
  return String(workflowExecutionInfo?.historyLength ?? '');
}

export class Pasts<T> {
  /** By run. */
  private readonly kept = new Map<string, Kept<T>>();

  async of({ summary, raw }: Pick<Described, 'summary' | 'raw'>, make: () => Promise<T>): Promise<T> {
    const { runId } = summary;
    const length = lengthOf(raw);
    const known = this.kept.get(runId);
    const isSame = known !== undefined && length !== '' && known.length === length;
    const past = isSame ? known.past : await make();
    this.kept.delete(runId);
    this.kept.set(runId, { length, past });
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept && oldest !== undefined) this.kept.delete(oldest);
    return past;
  }
}
