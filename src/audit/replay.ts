/** Replays a rollout's history through today's workflow code and listens to the story that it tells. */
import { existsSync } from 'node:fs';
import { messageOf } from '../domain/errors.ts';
import type { TimelineEntry } from '../domain/rollout/types.ts';
import type { RunHistory } from './history.ts';

export type ReplayOutcome =
  | { readonly ran: true; readonly timeline: readonly TimelineEntry[] }
  /** Today's code would have asked for other things than were done. */
  | { readonly ran: true; readonly timeline: readonly TimelineEntry[]; readonly deviation: string }
  | { readonly ran: false; readonly why: string };

export type Replay = (workflowId: string, runs: readonly RunHistory[]) => Promise<ReplayOutcome>;

/** `bundlePath`: the built workflow code. Replays run one after the other, because each costs a processor. */
export function createReplay(bundlePath: string): Replay {
  let last: Promise<unknown> = Promise.resolve();
  return (workflowId, runs) => {
    const mine = last.then(() => replayAll(bundlePath, workflowId, runs));
    last = mine.catch(() => {});
    return mine;
  };
}

async function replayAll(
  bundlePath: string,
  workflowId: string,
  runs: readonly RunHistory[],
): Promise<ReplayOutcome> {
  if (!existsSync(bundlePath)) {
    return { ran: false, why: 'the workflow code is not built; run `npm run build`' };
  }
  const timeline: TimelineEntry[] = [];
  // Its native part is large and only the audit needs it.
  const { DefaultLogger, Runtime, Worker } = await import('@temporalio/worker');
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  } catch {
    // Installed before, by an earlier audit or by a worker in the same process.
  }
  const record = {
    // What is recorded passes a boundary of the sandbox, so a plain copy is kept.
    fn: (_: unknown, entry: TimelineEntry) => void timeline.push(JSON.parse(JSON.stringify(entry))),
    callDuringReplay: true,
  };
  // Of no interest here; what names a sink that is not there is told as an error.
  const trace = { entered: { fn: () => {}, callDuringReplay: false } };
  try {
    for (const { history } of runs) {
      const options = { workflowBundle: { codePath: bundlePath }, sinks: { audit: { record }, trace } };
      await Worker.runReplayHistory(options, history, workflowId);
    }
    return { ran: true, timeline };
  } catch (error) {
    if (error instanceof Error && error.name === 'DeterminismViolationError')
      return { ran: true, timeline, deviation: messageOf(error) };
    return { ran: false, why: messageOf(error) };
  }
}
