/** What Sluice needs from a place that keeps evidence: four calls, none of which replaces anything. */

/** Errors of all calls: `evidence-unavailable`. Keys are of `domain/evidence/layout.ts`. */
export interface EvidenceStore {
  /** Whole or not at all, and lasting once it returns. False: something is there already, and is left as it is. */
  put(key: string, content: Uint8Array): Promise<boolean>;
  /** Null: nothing is there. */
  get(key: string): Promise<Buffer | null>;
  /** All keys that begin with `prefix`, which ends with a slash, in order. */
  list(prefix: string): Promise<readonly string[]>;
  /** Nothing there is no error. */
  delete(key: string): Promise<void>;
  /** Deletes what processes that died left half written before then. Absent: there is no such thing here. */
  tidy?(beforeMs: number): Promise<void>;
  close(): Promise<void>;
}
