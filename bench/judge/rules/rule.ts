/** The shape of a rule under measurement. */

/** Looks at one run of traffic from its beginning, as it would have come in. */
export interface Rule<Traffic> {
  readonly id: string;
  /** What exactly is measured, in one or two sentences, for the report. */
  readonly says: string;
  /** After how many samples it rolls back; 0: never in this run. */
  readonly firesAt: (traffic: Traffic) => number;
}
