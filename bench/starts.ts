/**
 * More starts than a replica takes: what becomes of each, and what that costs others. Real Temporal server, real worker
 * and API processes. It ends with 1 if a start was lost or doubled, or was neither accepted nor told to come later, or
 * if a rollback failed.
 *
 *   npm run bench -- starts --rate 200 --seconds 30 --patience 15
 *
 * Every tenth start is sent twice at once with the same Idempotency-Key, as by a client that has lost patience. Who is
 * told to come within `--patience` seconds comes then, amid the flood; the others never do. Once a second a rollout of
 * HAProxy's, which ran before, is rolled back through the API.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/domain/errors.ts';
import { startBenchStack } from './support/bench-stack.ts';
import { printTable, summaryOf } from './support/report.ts';
import { rollBack } from './support/roll-back.ts';
import { began, type Outcome, runsByKey, start } from './support/starts.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '30' },
    patience: { type: 'string', default: '15' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const patienceSeconds = Number(values.patience);
const twiceOnceIn = 10;
const rollbackEveryMs = 1_000;
const subjects = Array.from({ length: seconds }, (_, number) => `subject-${number}`);

const stack = await startBenchStack(subjects);
try {
  await stack.startAll(subjects);
  process.stderr.write(`load before: ${loadavg().map((one) => one.toFixed(1))}\n`);
  const rolled = rollBacks();
  const { offered, returned } = await flood();
  const { zero, answer, failed } = await rolled;
  process.stderr.write(`load after: ${loadavg().map((one) => one.toFixed(1))}\n`);
  report(offered, returned);
  printTable(`starts: milliseconds of ${subjects.length} rollbacks meanwhile`, [
    { measured: 'canary reads 0', ...summaryOf(zero) },
    { measured: 'caller has answer', ...summaryOf(answer) },
  ]);
  for (const message of failed) process.stderr.write(`a rollback failed: ${message}\n`);
  const wrong = await examine([...offered, ...returned]);
  if (wrong + failed.length > 0) process.exitCode = 1;
} finally {
  await stack.stop();
}

async function flood(): Promise<{ readonly offered: Outcome[]; readonly returned: Outcome[] }> {
  const offered: Promise<Outcome>[] = [];
  const returned: Promise<Outcome>[] = [];
  const offer = (key: string) => {
    const outcome = start(stack.apiUrl, key);
    offered.push(outcome);
    returned.push(...comingBack(outcome));
  };
  const beganMs = performance.now();
  for (let number = 0; number < rate * seconds; number += 1) {
    const waitMs = beganMs + (number * 1_000) / rate - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    offer(`start-${number}`);
    if (number % twiceOnceIn === 0) offer(`start-${number}`);
  }
  const took = (performance.now() - beganMs) / 1_000;
  process.stderr.write(`offered ${offered.length} starts in ${took.toFixed(1)} s\n`);
  const answered = await Promise.all(offered);
  const gone = (await Promise.allSettled(returned)).flatMap((one) =>
    one.status === 'fulfilled' ? [one.value] : [],
  );
  return { offered: answered, returned: gone };
}

/** Rejects where there is nothing to come back for. */
function comingBack(first: Promise<Outcome>): Promise<Outcome>[] {
  const again = first.then(async ({ key, retryAfterSeconds }) => {
    if (retryAfterSeconds === null || retryAfterSeconds > patienceSeconds)
      throw new Error('nobody comes back');
    await sleep(retryAfterSeconds * 1_000);
    return await start(stack.apiUrl, key);
  });
  again.catch(() => {});
  return [again];
}

async function rollBacks() {
  const zero: number[] = [];
  const answer: number[] = [];
  const failed: string[] = [];
  for (const service of subjects) {
    const next = sleep(rollbackEveryMs);
    try {
      const took = await rollBack(stack, 'express', service);
      zero.push(took.zero);
      answer.push(took.answer);
    } catch (error) {
      failed.push(messageOf(error));
    }
    await next;
  }
  return { zero, answer, failed };
}

function report(offered: readonly Outcome[], returned: readonly Outcome[]): void {
  const kinds: readonly [string, (outcome: Outcome) => boolean][] = [
    ['accepted (201)', ({ status }) => status === 201],
    ['known by its key (200)', ({ status }) => status === 200],
    ['told to come later (429)', ({ status }) => status === 429],
    ['anything else', ({ status }) => ![200, 201, 429].includes(status)],
  ];
  const rowsOf = (who: string, outcomes: readonly Outcome[]) =>
    kinds.map(([answer, fits]) => ({
      who,
      answer,
      ...summaryOf(outcomes.filter(fits).map(({ tookMs }) => tookMs)),
    }));
  printTable(`starts: milliseconds until the answer, ${rate} a second for ${seconds} s`, [
    ...rowsOf('offered', offered),
    ...rowsOf('came back when told', returned),
  ]);
  const others = [...offered, ...returned].filter(({ status }) => ![200, 201, 429].includes(status));
  const said = new Set(others.map(({ status, body }) => `${status} ${body.slice(0, 300)}`));
  for (const text of [...said].slice(0, 10)) process.stderr.write(`${text}\n`);
}

/** Everything that is wrong, counted: by what callers were told, and by what Temporal has. */
async function examine(outcomes: readonly Outcome[]): Promise<number> {
  const told = new Map<string, Set<string>>();
  for (const outcome of outcomes) {
    if (outcome.runId !== null)
      told.set(outcome.key, (told.get(outcome.key) ?? new Set()).add(outcome.runId));
  }
  const runs = await runsByKey(stack.client, told.size);
  const accepted = [...told];
  const refused = new Set(outcomes.map(({ key }) => key).filter((key) => !told.has(key)));
  const unknown = new Set(
    outcomes.filter(({ status }) => !began(status) && status !== 429).map(({ key }) => key),
  );
  const row = {
    'accepted keys': accepted.length,
    'in Temporal': [...runs.values()].reduce((sum, ids) => sum + ids.length, 0),
    lost: accepted.filter(([key, ids]) => !(runs.get(key) ?? []).some((id) => ids.has(id))).length,
    doubled: [...runs.values()].filter((ids) => ids.length > 1).length,
    'told two runs': accepted.filter(([, ids]) => ids.size > 1).length,
    'began though refused': [...refused].filter((key) => runs.has(key) && !unknown.has(key)).length,
    'neither accepted nor told': unknown.size,
  };
  printTable('starts: what Temporal has of them', [row]);
  return row.lost + row.doubled + row['told two runs'] + row['began though refused'] + unknown.size;
}
