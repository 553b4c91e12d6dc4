/**
 * What the doctor sees of the rollouts that run: a data plane or metrics source that is away shows in them from
 * anywhere.
 */
import type { RolloutRow } from '../../api/contract.ts';
import { watchRollouts } from '../../client/watch.ts';
import type { ApiClient } from '../client.ts';
import { LiveRows } from '../top/board.ts';
import { headline } from '../top/picture.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Null where the list cannot be had: what keeps it away is a finding of its own. */
export async function runningRollouts(
  { url, settings }: ApiClient,
  withinMs: number,
): Promise<RolloutRow[] | null> {
  const rows = new LiveRows(url);
  try {
    for await (const sign of watchRollouts(settings, {}, { signal: AbortSignal.timeout(withinMs) })) {
      rows.take(sign);
      if (rows.known) return rows.sorted();
      if (rows.blind !== null) return null;
    }
  } catch {}
  return null;
}

/** Whoever is asked for an approval is no fault. */
export function rolloutsFinding(rows: readonly RolloutRow[]): Finding {
  const first = rows.find(({ attention }) => attention !== 'none' && attention !== 'asks');
  if (first === undefined) return ok('rollouts', headline(rows));
  const { target, attention, why, verdict } = first;
  const said = why ?? (verdict === null ? attention : `${verdict.check}: ${verdict.reason}`);
  return warning(
    'rollouts',
    `${headline(rows)}; ${target}: ${said}`,
    `See all of them with \`sluice top\`, and this one with \`sluice status ${target}\`.`,
  );
}
