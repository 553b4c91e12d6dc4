/** Names the trace in every log line that is written for one. */
import type { LoggerOptions } from 'pino';
import { isTraced, traceIds } from './spans.ts';

/** A line, or the logger of a request, may name its trace already. */
export const namesTrace: NonNullable<LoggerOptions['mixin']> = (line, _level, logger) =>
  !isTraced() || 'trace_id' in line || 'trace_id' in logger.bindings() ? {} : traceIds();
