/** A failure as a person reads it: what, why, what to try; and as a script reads it: an exit code. */
import { type ProblemDetails, titleOf } from '../api/contract.ts';
import type { Problem } from '../domain/errors.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';

/** What a failure of the CLI's own has to say; the rest of problem details follows from it. */
type Failure = Pick<ProblemDetails, 'code' | 'detail' | 'advice' | 'problems'> & Partial<ProblemDetails>;

/** No API explains the code or has answered, so there is no page to name, no status and no request. */
const ownFailure = { type: 'about:blank', status: 0, details: {}, requestId: '' };

export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly failure: ProblemDetails;
  /** After how long the same may succeed; null: not by waiting, or not known. */
  readonly retryAfterMs: number | null;

  constructor(
    exitCode: ExitCode,
    failure: Failure,
    { retryAfterMs = null, ...options }: ErrorOptions & { readonly retryAfterMs?: number | null } = {},
  ) {
    super(failure.detail, options);
    this.name = 'CliError';
    this.retryAfterMs = retryAfterMs;
    this.exitCode = exitCode;
    this.failure = { ...ownFailure, title: titleOf(failure.code), ...failure };
  }
}

export function refusedByApi(problem: ProblemDetails, retryAfterMs: number | null = null): CliError {
  return new CliError(exitCodeOf(problem.status), problem, { retryAfterMs });
}

export function badInput(detail: string, advice: string, problems: readonly Problem[] = []): CliError {
  return new CliError(exitCodes.badInput, {
    code: 'input-invalid',
    detail,
    advice,
    problems: problems.map((problem) => ({ ...problem })),
  });
}

export function unavailable(detail: string, advice: string, cause?: unknown): CliError {
  return new CliError(
    exitCodes.unavailable,
    { code: 'api-unavailable', detail, advice, problems: [] },
    { cause },
  );
}

/** `cause`: what `Io.interrupted` was aborted for. */
export function interruptedBy(cause: unknown, told: Pick<Failure, 'detail' | 'advice'>): CliError {
  return new CliError(exitCodes.interrupted, { ...told, code: 'interrupted', problems: [] }, { cause });
}

/** One line for what and why, one for each problem, one for what to try. */
export function linesOf({ code, detail, advice, problems, requestId }: ProblemDetails): string[] {
  const hint = code === 'internal' && requestId ? ` (request ${requestId})` : '';
  return [`error: ${detail} [${code}]`, ...problems.map(problemLine), `try: ${advice}${hint}`];
}

export function problemLine({ path, message }: Problem): string {
  return path === '' ? `  ${message}` : `  ${path}: ${message}`;
}
