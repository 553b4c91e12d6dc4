/** Where an emergency stands, in one sentence for people; and whether two states look the same. */
import type { EmergencyState, TargetRecord } from './types.ts';

/** What of the records counts as a change. */
export function pictureOf({ records }: EmergencyState): string {
  return Object.values(records)
    .map(({ target, progress, reason, runId }) => `${target} ${progress} ${reason} ${runId}`)
    .join('\n');
}

const maxNamed = 5;

/** One sentence about where it stands. */
export function summaryOf({ records, problem }: EmergencyState): string {
  const all = Object.values(records);
  const count = (progress: TargetRecord['progress']) =>
    all.filter((record) => record.progress === progress).length;
  const back = count('verified') + count('restored');
  const open = all.filter(({ progress }) => progress === 'not-restored' || progress === 'left');
  const named = open.slice(0, maxNamed).map(({ target, reason }) => `${target} (${reason ?? 'no reason'})`);
  const more = open.length > maxNamed ? ` and ${open.length - maxNamed} more` : '';
  return [
    `${back} of ${all.length} restored, ${count('verified')} verified`,
    ...(open.length > 0 ? [`not restored: ${named.join(', ')}${more}`] : []),
    ...(problem === null ? [] : [`the rollouts could not be listed: ${problem}`]),
  ].join('; ');
}
