/** Heartbeats while an activity's body runs, so that a dead worker is noticed soon and another one takes over. */
import { heartbeat } from '@temporalio/activity';

const heartbeatEveryMs = 1_000;

export async function alive<T>(what: string, body: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(what), heartbeatEveryMs);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}
