/** What the doctor asks the API: whether it is there, what it is, who asks, and whether rollouts can go on. */

import type { ProblemDetails, RolloutRow } from '../../api/contract.ts';
import { send } from '../../client/send.ts';
import type { AnswerOf } from '../../client/types.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { sluiceVersion } from '../../evidence/versions.ts';
import type { ApiAddress } from '../api-url.ts';
import { CliError } from '../cli-error.ts';
import { type ApiClient, type Asked, createClient, toldAsCliError } from '../client.ts';
import type { Io } from '../io.ts';
import { stopOfAllLines } from '../stop-of-all.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';
import { rolloutsFinding, runningRollouts } from './rollouts.ts';
import { workerFindings } from './worker.ts';

const withinMs = 5_000;

export async function apiFindings(address: ApiAddress, io: Io, token?: string): Promise<Finding[]> {
  const client = createClient(address.url, io, token);
  const reached = await reach(client, address, io);
  if (reached[0]?.health === 'wrong') return reached;
  const running = runningRollouts(client, withinMs);
  const more = await Promise.all([
    version(client),
    whoAmI(client, token !== undefined),
    readiness(client, running, io),
    stopOfAll(client),
    running.then((rows) => (rows === null ? [] : rolloutsFinding(rows))),
  ]);
  return [...reached, ...more.flat()];
}

/** One request tells that it answers, how soon, and its clock. */
async function reach(client: ApiClient, { url, from }: ApiAddress, io: Io): Promise<Finding[]> {
  const beganMs = io.now();
  try {
    const signal = AbortSignal.timeout(withinMs);
    const { headers, body } = await send(client.settings, 'getHealth', {}, { signal });
    await body?.cancel();
    const endedMs = io.now();
    const answers = ok('api', `${url} (${from}) answers after ${endedMs - beganMs} ms`);
    return [answers, clockFinding(headers.get('date'), beganMs, endedMs)];
  } catch (error) {
    const why = told(url, error);
    return [wrong('api', `${why.detail} (address: ${from})`, why.advice)];
  }
}

/** The header has whole seconds, and came some time between. */
export function clockFinding(date: string | null, beganMs: number, endedMs: number): Finding {
  const atMs = Date.parse(date ?? '');
  if (!Number.isFinite(atMs))
    return warning(
      'clock',
      'the API does not say its time',
      'Look for a proxy that takes the Date header away.',
    );
  const apartMs = Math.max(0, atMs - endedMs, beganMs - (atMs + 1000));
  if (apartMs < 2_000) return ok('clock', 'agrees with the API’s');
  const apart = formatDuration(Math.round(apartMs / 1000) * 1000);
  const detail = `this machine and the API are ${apart} apart`;
  const advice = 'Synchronise both clocks (NTP): times shown here are off, and tokens end early or late.';
  return apartMs < 60_000 ? warning('clock', detail, advice) : wrong('clock', detail, advice);
}

/** Codes of an API that does not know who asks, or what they may. */
const untold: readonly string[] = ['unauthenticated', 'access-refused'] satisfies ErrorCode[];

async function version(client: ApiClient): Promise<Finding> {
  const own = await sluiceVersion();
  return await answered(
    client,
    'version',
    'getConfiguration',
    ({ versions }) =>
      versions.sluice === own
        ? ok('version', `${own}, as the API`)
        : warning(
            'version',
            `this is ${own}, the API ${versions.sluice}`,
            `Install sluice ${versions.sluice} here, or upgrade the API.`,
          ),
    ({ code, detail, advice }) =>
      untold.includes(code)
        ? warning('version', `${own}; that of the API is not told to you`, 'Mend what is said of you first.')
        : wrong('version', detail, advice),
  );
}

async function whoAmI(client: ApiClient, hasToken: boolean): Promise<Finding> {
  return await answered(client, 'you', 'getMe', ({ actor, loginNeeded, grants, somewhere }) => {
    if (loginNeeded) {
      return wrong(
        'you',
        hasToken ? 'the API does not accept your token' : 'the API wants to know who you are',
        'Put an API token into SLUICE_TOKEN (`sluice tokens create` makes one).',
      );
    }
    if (actor === null) return ok('you', 'the API asks nobody who they are');
    const roles = [...new Set(grants.map(({ role }) => role))].join(', ');
    if (somewhere.length === 0) {
      return wrong('you', `${actor}, who may do nothing`, 'Ask the operator for a role (`auth.grants`).');
    }
    return ok('you', `${actor}, ${roles}`);
  });
}

async function stopOfAll(client: ApiClient): Promise<Finding> {
  return await answered(
    client,
    'stop',
    'getEmergencyStop',
    (answer) => {
      const lines = stopOfAllLines(answer);
      if (lines.length === 0) return ok('stop', 'no stop of everything is in force');
      const has = (state: boolean | null) => answer.stops.some(({ stopped }) => stopped === state);
      const advice = [
        ...(has(true) ? ['Release it when the trouble is over.'] : []),
        ...(has(null) ? ['See that what cannot be seen runs, and that the API reaches it.'] : []),
      ];
      return warning('stop', lines.map((line) => line.trim()).join('; '), advice.join(' '));
    },
    ({ detail, advice }) =>
      warning('stop', `whether everything is stopped cannot be seen: ${detail}`, advice),
  );
}

async function readiness(
  client: ApiClient,
  running: Promise<readonly RolloutRow[] | null>,
  { now }: Pick<Io, 'now'>,
): Promise<Finding[]> {
  const found = await answered(client, 'temporal', 'getReadiness', async ({ temporal, worker }) => {
    const where = `${temporal.address}: ${temporal.detail}`;
    return temporal.ok
      ? [ok('temporal', where), ...(await workerFindings(client, worker, await running, { withinMs, now }))]
      : [
          wrong('temporal', where, 'Start Temporal, or mend `temporal.address` of the API’s configuration.'),
          warning('worker', worker.detail, 'Mend Temporal first.'),
        ];
  });
  return [found].flat();
}

async function answered<N extends Asked, T>(
  client: ApiClient,
  name: string,
  operation: N,
  judge: (answer: AnswerOf<N>) => T | Promise<T>,
  refused = ({ detail, advice }: Told) => wrong(name, detail, advice),
): Promise<T | Finding> {
  try {
    const request = {} as Parameters<typeof client.ask<N>>[1];
    return await judge((await client.ask(operation, request, { withinMs })).value);
  } catch (error) {
    return refused(told(client.url, error));
  }
}

type Told = Pick<ProblemDetails, 'code' | 'detail' | 'advice'>;

function told(url: string, error: unknown): Told {
  const known = toldAsCliError(url, error);
  if (known instanceof CliError) return known.failure;
  return {
    code: 'api-unavailable',
    detail: `${url} gave no answer within ${withinMs / 1000} s`,
    advice: 'Check the network and the API’s log.',
  };
}
