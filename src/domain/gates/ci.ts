/** Checks of a commit, as a forge reports them, judged together. Pure. */
import { fits } from './pattern.ts';

export interface CiCheck {
  readonly name: string;
  /** `pending` until it has ended. `passed` includes what ended neutral or was skipped. */
  readonly state: 'passed' | 'failed' | 'pending';
  /** What the forge calls it, for people. */
  readonly said: string;
}

interface CiVerdict {
  readonly answer: 'open' | 'hold' | 'refuse';
  readonly reason: string;
}

/** `required`: names that must be there, `*` at the end as a wildcard; null: whatever is there, and at least one. */
export function judgeCi(checks: readonly CiCheck[], required: readonly string[] | null): CiVerdict {
  const asked =
    required === null ? checks : checks.filter(({ name }) => required.some((one) => fits(one, name)));
  const failed = asked.filter(({ state }) => state === 'failed');
  if (failed.length > 0) {
    return { answer: 'refuse', reason: `${listed(failed)}; mend it and roll out the commit that is` };
  }
  const absent = (required ?? []).filter((one) => !checks.some(({ name }) => fits(one, name)));
  if (absent.length > 0) {
    return {
      answer: 'hold',
      reason: `${absent.join(', ')} has not reported yet; see that it runs for this commit`,
    };
  }
  const pending = asked.filter(({ state }) => state === 'pending');
  if (pending.length > 0) return { answer: 'hold', reason: `${listed(pending)}; wait until it has ended` };
  if (asked.length === 0) {
    return { answer: 'hold', reason: 'no check has reported on this commit; see that they run for it' };
  }
  return { answer: 'open', reason: `${asked.length} of ${asked.length} checks passed` };
}

const shown = 5;

function listed(checks: readonly CiCheck[]): string {
  const named = checks.slice(0, shown).map(({ name, said }) => `${name} ${said}`);
  return `${named.join(', ')}${checks.length > shown ? ` and ${checks.length - shown} more` : ''}`;
}
