/** How grave something is, for its colour. */

/** `bad`: users may be hurt. `warn`: somebody is wanted. `good`: well. `busy`: under way. `idle`: nothing of note. */
export type Tone = 'bad' | 'warn' | 'good' | 'busy' | 'idle';
