/** Makes notices of what a rollout has told. Pure; the same lines give the same notices with the same keys. */
import { meaningOf } from './meaning.ts';
import type { Notice, Subject, Told } from './types.ts';

export function noticesOf({ runId }: Subject, told: Told): readonly Notice[] {
  const { lines, progress, rollback } = told;
  const notices = lines.flatMap(({ place, entry }): Notice[] => {
    const meaning = meaningOf(entry, progress.outcome, rollback);
    if (meaning === null) return [];
    const { text, actor, atMs } = entry;
    const key = `${runId}/${place}/${entry.kind}/${atMs}`;
    return [{ key, ...meaning, text, actor, atMs, progress, rollback }];
  });
  return [...notices, ...waiting(runId, told)];
}

/** Gates that are asked leave no line before they have answered. */
function waiting(runId: string, { progress, rollback, lines }: Told): Notice[] {
  const { waitsFor } = progress;
  if (waitsFor === null) return [];
  const { gates, approval, sinceMs } = waitsFor;
  const what = approval
    ? ({ event: 'approval.asked', severity: 'warning', trouble: 'opened', title: 'approval asked' } as const)
    : ({ event: 'gate.waiting', severity: 'info', trouble: 'none', title: 'waits for gates' } as const);
  const atMs = lines.at(-1)?.entry.atMs ?? sinceMs;
  const text = `waits for ${gates.join(', ')}`;
  return [{ key: `${runId}/gates/${sinceMs}`, ...what, text, actor: null, atMs, progress, rollback }];
}
