/** All that was measured, as one Markdown text: for the terminal and for a file beside the pictures. */
import { type Aim, aimsOf, type CellResult } from './aims.ts';
import type { Campaign } from './campaign.ts';
import { errorRules, latencyRules } from './rules/index.ts';
import { summaryTable } from './summary.ts';
import { bursty } from './surroundings.ts';
import { delayTable, falseRollbackTable } from './tables.ts';

interface Named {
  readonly id: string;
  readonly says: string;
}

export function reportOf({ runs, worse, seed }: Campaign, results: readonly CellResult[]): string {
  const { requestsPerFailure, calm, busy, trouble } = bursty;
  return [
    '# Figures of the judge',
    `\`npm run bench -- judge --runs ${runs} --worse ${worse} --seed ${seed}\`: ${runs} healthy rollouts of 30 minutes a ` +
      `cell, and ${worse} for each regression; one sample each 5 s. A cell is a kind of traffic, the share of requests that ` +
      "fail on stable, requests a second over both arms, and the canary's share of them.",
    `Bursty traffic: a failing operation makes ${requestsPerFailure} failed requests on average (geometric); the rate ` +
      `switches between ${calm.factor} (for ${calm.meanSeconds} s on average) and ${busy.factor} times its mean (${busy.meanSeconds} s); ` +
      `every ${trouble.meanGapSeconds} s on average a trouble of ${trouble.meanSeconds} s makes errors ${trouble.errorFactor} times as ` +
      `frequent, or latency ${trouble.latencyFactor} times as long, on both arms.`,
    ...part('Errors', 'errors', errorRules, results),
    ...part('Latency', 'latency', latencyRules, results),
    '## Aims',
    aimsOf(results).map(aimShown).join('\n'),
  ].join('\n\n');
}

function part(
  title: string,
  kind: 'errors' | 'latency',
  rules: readonly Named[],
  results: readonly CellResult[],
): string[] {
  const some = results.filter(({ cell }) => cell.kind === kind);
  if (some.length === 0) return [];
  const ids = rules.map(({ id }) => id);
  return [
    `## ${title}`,
    rules.map(({ id, says }) => `- \`${id}\`: ${says}`).join('\n'),
    "Delays are medians as multiples of the oracle's (geometric mean over the cells whose regression the oracle finds in 30 " +
      'minutes, and in how many of them the rule finds it):',
    summaryTable(some, ids),
    'Healthy rollouts rolled back, in percent:',
    falseRollbackTable(some, ids),
    'Seconds until the rollback, p50 / p90; - is more than 30 minutes:',
    delayTable(some, ids),
  ];
}

function aimShown({ says, checked, undecided, missed }: Aim): string {
  const held = checked - undecided - missed.length;
  const rest = undecided > 0 ? `, ${undecided} cannot be told in 30 minutes` : '';
  return [`- ${says}: ${held} of ${checked} held${rest}`, ...missed.map((one) => `  - missed: ${one}`)].join(
    '\n',
  );
}
