/** The process log: one JSON object a line, with Temporal's own messages in it. */
import type { Logger as TemporalLogger } from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { namesTrace } from '../telemetry/log.ts';

export function createLogger(name: string): Logger {
  return pino({
    name,
    level: process.env.SLUICE_LOG_LEVEL ?? 'info',
    base: { pid: process.pid },
    mixin: namesTrace,
  });
}

/** Temporal's SDK logs through this. */
export function temporalLogger(logger: Logger): TemporalLogger {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  const log = (level: keyof typeof levels, message: string, meta?: object) =>
    logger[levels[level]](meta ?? {}, message);
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}
