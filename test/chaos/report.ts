/** What chaos found: a line for each run, all of a violation, and at the end a table and one line of JSON. */
import type { ChaosResult } from './chaos.ts';
import { clockTime, isNoted } from './invariants.ts';
import type { RunResult } from './run.ts';

export function lineOf({ schedule, evidence, tookMs, violations }: RunResult): string {
  const { status, orders, outages } = evidence;
  const faults = outages.map(({ victim, kind, fromMs, untilMs }) => {
    const seconds = untilMs === null ? '?' : ((untilMs - fromMs) / 1000).toFixed(1);
    return `${kind} ${victim} ${seconds}s`;
  });
  const given = orders.map(({ name, full, result }) => `${name}${full ? ' full' : ''} ${result}`);
  const cause = status?.cause ? ` (${status.cause.kind})` : '';
  return [
    `run ${schedule.run} ${schedule.good ? 'good' : 'bad '} ${schedule.way}`,
    `${status?.outcome ?? `not ended: ${status?.phase ?? 'unknown'}`}${cause}`,
    `${(tookMs / 1000).toFixed(1)} s`,
    faults.join(', ') || 'no fault',
    given.join(', ') || 'no command',
    violations.length === 0 ? 'ok' : `${violations.length} VIOLATIONS`,
  ].join(' | ');
}

/** Everything that one needs to understand a violation, and how to have it again. */
export function accountOf({ schedule, startedMs, evidence, faultLog, violations }: RunResult): string {
  const { status, orders } = evidence;
  const at = (atMs: number) => `${clockTime(atMs)} ${((atMs - startedMs) / 1000).toFixed(2).padStart(7)}s`;
  const story = [
    ...faultLog.map(({ atMs, text }) => ({ atMs, text: `FAULT    ${text}` })),
    ...orders.map(({ askedMs, name, full, reason }) => ({
      atMs: askedMs,
      text: `ASKED    ${name}${full ? ' full' : ''} ${reason}`,
    })),
    ...orders.map(({ answeredMs, name, result, detail }) => ({
      atMs: answeredMs,
      text: `ANSWERED ${name}: ${result}, ${detail}`,
    })),
    ...(status?.timeline ?? []).map(({ atMs, kind, text }) => ({ atMs, text: `ROLLOUT  ${kind}: ${text}` })),
  ].toSorted((a, b) => a.atMs - b.atMs);
  return [
    ...violations.map(({ rule, text }) => `VIOLATION of "${rule}" in run ${schedule.run}: ${text}`),
    `again with: npm run chaos -- --seed ${schedule.seed} --only ${schedule.run}`,
    `version ${schedule.version}, lease ${schedule.leaseTtlMs} ms, ${status?.phase ?? 'no account'}, cause ${JSON.stringify(status?.cause ?? null)}`,
    ...story.map(({ atMs, text }) => `  ${at(atMs)} ${text}`),
  ].join('\n');
}

interface Summary {
  readonly seed: number;
  readonly runs: number;
  readonly seconds: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly commands: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly violations: readonly { readonly run: number; readonly rule: string; readonly text: string }[];
  readonly left: readonly string[];
}

export function summaryOf({ seed, runs, left, tookMs }: ChaosResult): Summary {
  const violations = runs.flatMap(({ schedule, violations }) =>
    violations.map(({ rule, text }) => ({ run: schedule.run, rule, text })),
  );
  return {
    seed,
    runs: runs.length,
    seconds: Math.round(tookMs / 1000),
    outcomes: tally(runs.map(outcomeOf)),
    faults: tally(
      runs.flatMap(({ evidence }) => evidence.outages.map(({ victim, kind }) => `${kind} ${victim}`)),
    ),
    commands: tally(runs.flatMap(commandsOf)),
    requests: runs.reduce((sum, { evidence }) => sum + evidence.samples.length, 0),
    violations,
    left,
  };
}

function outcomeOf({ schedule, evidence: { status } }: RunResult): string {
  const cause = status?.cause ? ` by ${status.cause.kind}` : '';
  return `${schedule.good ? 'good' : 'bad'} ${status?.outcome ?? 'not ended'}${cause}`;
}

/** An order that was not acknowledged may have been carried out all the same; that is told, and is no violation. */
function commandsOf({ evidence: { orders, status } }: RunResult): string[] {
  return orders.map((order) => {
    const carriedOut = order.result !== 'acknowledged' && status !== null && isNoted(status, order);
    return `${order.name} ${order.result}${carriedOut ? ', yet carried out' : ''}`;
  });
}

export function tableOf(summary: Summary): string {
  const rows = (title: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count], index) => [index === 0 ? title : '', name, String(count)]);
  const lines = [
    [
      'runs',
      `seed ${summary.seed}, ${summary.seconds} s, ${summary.requests} requests`,
      String(summary.runs),
    ],
    ...rows('outcomes', summary.outcomes),
    ...rows('faults', summary.faults),
    ...rows('commands', summary.commands),
    ['left behind', '', String(summary.left.length)],
    ['violations', '', String(summary.violations.length)],
  ];
  const width = (column: number) => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  const [first, second] = [width(0), width(1)];
  return lines
    .map(([a = '', b = '', c = '']) => `${a.padEnd(first)}  ${b.padEnd(second)}  ${c.padStart(6)}`)
    .join('\n');
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
