/** Under which names of a workflow's headers a trace travels through Temporal. */

/** The trace that whoever called last belongs to; the same name that Temporal's own interceptors use. */
export const traceHeader = '_tracer-data';
/** The one in which the workflow was started. */
export const startTraceHeader = 'sluice-started-in';
