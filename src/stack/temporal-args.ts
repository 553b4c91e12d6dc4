/**
 * For Temporal's development server. Every description of a run, as for each renewal of a lease, needs the event that
 * the run began with; the half megabyte that is kept by default holds that of a hundred, and the others are read from
 * the database, where all writes wait for them.
 */
export const startEventsCache = ['--dynamic-config-value', 'history.eventsCacheMaxSizeBytes=67108864'];
