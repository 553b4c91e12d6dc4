/** How the rollout stands that waits: the canary's share, and what its checks say. Pure. */
import type { Waiting } from '../../../api/contract.ts';

export function standText({ askedPercent, checks }: Pick<Waiting, 'askedPercent' | 'checks'>): string {
  if (askedPercent === null) return 'Nothing is heard of its watch, so how it stands is not known.';
  const { pass, fail, noData, error } = checks;
  const share = `${Number(askedPercent.toFixed(2))} % of traffic is on it`;
  const all = pass + fail + noData + error;
  if (all === 0) return `${share}.`;
  const failing = fail === 0 ? '' : `, ${fail} ${fail === 1 ? 'fails' : 'fail'}`;
  return `${share}. ${pass} of ${all} ${all === 1 ? 'check passes' : 'checks pass'}${failing}.`;
}
