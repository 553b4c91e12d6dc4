/** What the bench holds Sluice's judge to, and in which cells it falls short. */
import type { Cell } from './cells.ts';
import { idOf } from './cells.ts';
import type { Outcome } from './outcome.ts';
import { sampleSeconds, samplesPerRun } from './surroundings.ts';

/** One cell, measured: the outcome of each rule for each factor (1: healthy). */
export interface CellResult {
  readonly cell: Cell;
  readonly outcomes: ReadonlyMap<number, Readonly<Record<string, Outcome>>>;
}

export interface Aim {
  readonly says: string;
  readonly checked: number;
  /** Could not be told within the 30 minutes. */
  readonly undecided: number;
  readonly missed: readonly string[];
}

/** Share of healthy rollouts that a rule may roll back. */
export const MOST_FALSE = 0.01;
/** From this factor on, Sluice is held to the oracle's delay. */
const CLEARLY_WORSE = 5;
const RUN_SECONDS = samplesPerRun * sampleSeconds;

type Finding = 'held' | 'undecided' | string;

export function aimsOf(results: readonly CellResult[]): readonly Aim[] {
  const worse = results.flatMap(({ cell, outcomes }) =>
    [...outcomes]
      .filter(([factor]) => factor !== 1)
      .map(([factor, byRule]) => ({ cell, factor, byRule, healthy: outcomes.get(1) ?? {} })),
  );
  // The oracle knows nothing of instances that differ, so where they do it is no bound.
  const clear = worse.filter(
    ({ cell, factor }) => cell.kind === 'errors' && cell.instances === undefined && factor >= CLEARLY_WORSE,
  );
  return [
    aim(
      'false rollbacks in at most 1 % of healthy 30-minute rollouts',
      results.flatMap(({ cell, outcomes }) => falseRollbacks(cell, outcomes.get(1)?.sluice)),
    ),
    aim(
      "errors 5x and more: median delay within 2x of the oracle's plus two samples",
      clear.flatMap(({ cell, factor, byRule }) =>
        againstOracle(`${idOf(cell)} x${factor}`, byRule, 'oracle'),
      ),
    ),
    aim(
      'median delay no longer than of any other rule, where that rule keeps to 1 % false rollbacks',
      worse.flatMap(({ cell, factor, byRule, healthy }) =>
        Object.keys(byRule)
          .filter((rule) => rule !== 'sluice' && !rule.startsWith('oracle'))
          .filter((rule) => (healthy[rule]?.rate ?? 1) <= MOST_FALSE)
          .flatMap((rule) => againstPeer(`${idOf(cell)} x${factor} ${rule}`, byRule.sluice, byRule[rule])),
      ),
    ),
    aim(
      "errors 5x and more: the same against oracle-3, which has to learn stable's rate as well",
      clear.flatMap(({ cell, factor, byRule }) =>
        againstOracle(`${idOf(cell)} x${factor}`, byRule, 'oracle-3'),
      ),
    ),
  ];
}

function aim(says: string, findings: readonly Finding[]): Aim {
  const missed = findings.filter((finding) => finding !== 'held' && finding !== 'undecided');
  const undecided = findings.filter((finding) => finding === 'undecided').length;
  return { says, checked: findings.length, undecided, missed };
}

function falseRollbacks(cell: Cell, sluice: Outcome | undefined): Finding[] {
  if (sluice === undefined) return [];
  if (sluice.rate <= MOST_FALSE) return ['held'];
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return [`${idOf(cell)}: ${percent(sluice.rate)} (${percent(sluice.low)} to ${percent(sluice.high)})`];
}

/** Where the oracle needs longer than the 30 minutes, nothing is asked. */
function againstOracle(name: string, byRule: Readonly<Record<string, Outcome>>, which: string): Finding[] {
  const { sluice, [which]: oracle, 'oracle-2': comparing } = byRule;
  if (sluice === undefined || oracle === undefined || oracle.p50 === null) return [];
  const limit = 2 * oracle.p50 + 2 * sampleSeconds;
  if (sluice.p50 === null && limit >= RUN_SECONDS) return ['undecided'];
  if (sluice.p50 !== null && sluice.p50 <= limit) return ['held'];
  const beyond = which === 'oracle' && comparing !== undefined && (comparing.p50 ?? RUN_SECONDS) > limit;
  const bound = beyond ? `, and ${shown(comparing.p50)} of the best comparing test` : '';
  return [
    `${name}: ${shown(sluice.p50)} against ${oracle.p50} s of ${which === 'oracle' ? 'the oracle' : which}${bound}`,
  ];
}

function againstPeer(name: string, sluice: Outcome | undefined, peer: Outcome | undefined): Finding[] {
  if (sluice === undefined || peer === undefined || peer.p50 === null) return [];
  if (sluice.p50 !== null && sluice.p50 <= peer.p50) return ['held'];
  return [`${name}: ${shown(sluice.p50)} against ${peer.p50} s`];
}

function shown(seconds: number | null): string {
  return seconds === null ? 'not within 30 min' : `${seconds} s`;
}
