/** What the exit code of `sluice` tells a script. */

export const exitCodes = {
  ok: 0,
  failure: 1,
  badInput: 2,
  refused: 3,
  notFound: 4,
  unavailable: 5,
  rolledBack: 6,
  gateRefused: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a verb does decides which codes it may end with: works on this machine, asks the API, or follows a rollout. */
export type Ends = 'local' | 'asks' | 'follows' | 'any';

type Meanings = Readonly<Record<number, string>>;

const local: Meanings = {
  0: 'done',
  1: 'failed: an unexpected error',
  2: 'bad input: the command line, or a file that it names',
};
const asks: Meanings = {
  0: 'done',
  1: `failed: an unexpected error, something that was checked is wrong,
       or an emergency stop or rollback could not reach everything`,
  2: 'bad input: command line, plan or request',
  3: 'refused: the command does not fit, or you may not',
  4: 'not found: no such rollout',
  5: 'not available: API, Temporal or worker, or too many requests for now',
  130: 'Ctrl-C; what was begun goes on',
};
const follows: Meanings = {
  ...asks,
  0: 'done; a rollout that was followed ended promoted',
  1: 'failed: an unexpected error, or the rollout ended without an outcome',
  3: `refused: a rollout is running already, the command does not fit, or
       you may not`,
  6: 'the rollout that was followed ended rolled back',
  7: 'the rollout that was followed was refused by a gate, before anything was touched',
  130: 'Ctrl-C; the rollout goes on',
};
const any: Meanings = {
  ...follows,
  1: `failed: an unexpected error, the rollout ended without an outcome,
       something that was checked is wrong, or an emergency stop or
       rollback could not reach everything`,
};
const meanings: Readonly<Record<Ends, Meanings>> = { local, asks, follows, any };

export function exitCodeHelp(ends: Ends): string {
  const lines = Object.entries(meanings[ends]).map(([code, meaning]) => `${code.padStart(5)}  ${meaning}`);
  return ['', 'Exit codes:', ...lines, ''].join('\n');
}

/** By the HTTP status of a refusal. */
export function exitCodeOf(status: number): ExitCode {
  if (status === 404) return exitCodes.notFound;
  if ([401, 403, 409].includes(status)) return exitCodes.refused;
  if ([400, 405, 413, 415, 422].includes(status)) return exitCodes.badInput;
  return [408, 429, 502, 503, 504].includes(status) ? exitCodes.unavailable : exitCodes.failure;
}
