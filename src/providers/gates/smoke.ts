/**
 * Opens if the operator's smoke tests pass: HTTP steps, commands, Jobs on a cluster. A plan names them and sets nothing
 * of them.
 */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { KubeClient } from '../kube/client.ts';
import { connect } from '../kube/connection.ts';
import { kubeSettings } from '../kube/settings.ts';
import { readSettings } from '../settings.ts';
import { commandSchema, commandTest } from './smoke/command.ts';
import { attemptsSchema, httpTest, stepsSchema } from './smoke/http.ts';
import { jobRights, jobTest } from './smoke/job.ts';
import { jobSchema } from './smoke/job-spec.ts';
import { Runs } from './smoke/runs.ts';
import type { Test, TestResult } from './smoke/types.ts';
import type { Gate, GateType, GateVerdict } from './types.ts';

const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a-z, 0-9 and dashes');

const options = z.strictObject({
  tests: z.array(name).min(1).max(20).optional().describe('Which of the tests. Default: all.'),
});

const test = z
  .strictObject({
    steps: stepsSchema.optional().describe('HTTP requests, in order.'),
    attempts: attemptsSchema
      .default(2)
      .describe('Of the steps: so often all of them are tried before they count as failed.'),
    command: commandSchema.optional().describe('A program that this machine has.'),
    job: jobSchema.optional().describe('A Job on the cluster.'),
  })
  .refine(
    ({ steps, command, job }) => [steps, command, job].filter((one) => one !== undefined).length === 1,
    'needs one of steps, command and job',
  );

const settings = z.strictObject({
  tests: z
    .record(name, test)
    .refine((tests) => Object.keys(tests).length > 0, 'needs at least one test')
    .describe('Tests by name; a plan can run these and no others.'),
  cluster: z.strictObject(kubeSettings).optional().describe('The cluster on which Jobs run.'),
});

export const smokeGate: GateType = {
  type: 'smoke',
  summary: "The operator's smoke tests: HTTP steps with what they expect, commands, or Jobs on a cluster.",
  options,
  settings,
  intervalMs: 5_000,
  rights: jobRights,
  create: (given) => createSmoke(readSettings('smoke', settings, given)),
};

function createSmoke(known: z.output<typeof settings>): Gate {
  const runs = new Runs();
  const needsCluster = Object.values(known.tests).some(({ job }) => job !== undefined);
  const cluster = known.cluster ?? z.strictObject(kubeSettings).parse({});
  const connection = needsCluster ? connect(cluster) : null;
  const client = connection === null ? null : new KubeClient(connection, cluster.timeoutMs);
  const tests = new Map(
    Object.entries(known.tests).map(([each, given]) => [
      each,
      testOf(each, given, client, cluster.namespace),
    ]),
  );
  return {
    async evaluate(question, signal) {
      const { tests: wanted = [...tests.keys()] } = options.parse(question.options);
      const unknown = wanted.filter((one) => !tests.has(one));
      if (unknown.length > 0) {
        const has = [...tests.keys()].join(', ');
        return { answer: 'refuse', reason: `there is no test ${unknown.join(', ')}; this gate has ${has}` };
      }
      const chosen = new Map([...tests].filter(([each]) => wanted.includes(each)));
      return verdictOf([...chosen.keys()], await runs.look(chosen, question, signal));
    },
    async close() {
      await runs.close();
      client?.close();
    },
  };
}

function testOf(
  each: string,
  { steps, attempts, command, job }: z.output<typeof test>,
  client: KubeClient | null,
  namespace: string | undefined,
): Test {
  if (steps !== undefined) return httpTest(steps, attempts);
  if (command !== undefined) return commandTest(command);
  if (job === undefined || client === null)
    throw new SluiceError('provider-config', `${each} has nothing to do.`);
  return jobTest({ ...job, namespace: job.namespace ?? namespace }, client, each);
}

/** No test may take longer, and then it says something. */
const longestTestMs = 3_700_000;

function verdictOf(names: readonly string[], results: readonly TestResult[]): GateVerdict {
  const rows = results.map((result, at) => ({ test: names[at] ?? '', ...result }));
  const of = (answer: TestResult['answer']) => rows.filter((one) => one.answer === answer);
  const told = (some: typeof rows) => some.map(({ test: each, said }) => `${each}: ${said}`).join('; ');
  const verdict = {
    facts: {
      tests: rows.map(({ test: each, answer, said }) => ({ test: each, answer, said: said.slice(0, 100) })),
    },
    reports: rows.flatMap(({ test: each, report }) =>
      report === null ? [] : [{ ...report, name: `${each}/${report.name}` }],
    ),
  };
  const [refused, held] = [of('refuse'), of('hold')];
  if (refused.length > 0) return { answer: 'refuse', reason: told(refused), ...verdict };
  const pending = held.every(({ runs }) => runs) ? { pendingForMs: longestTestMs } : {};
  if (held.length > 0) return { answer: 'hold', reason: told(held), ...verdict, ...pending };
  return { answer: 'open', reason: told(rows), ...verdict };
}
