/** What an emergency stop is about: everything, or environments and targets, each by its name. */
import { isWhole, problemOfTyped, type ScopeWords } from './scope.ts';

type StopScope = 'all' | { readonly environments?: string[]; readonly targets?: string[] };

/** Why what somebody types makes no stop, which knows targets and environments by their names only; null: it does. */
export function problemOfStop(words: ScopeWords): string | null {
  const problem = problemOfTyped(words);
  if (problem !== null) return problem;
  if (words.includes('canary'))
    return 'a stop takes all, names of environments, or targets; choose emergency rollback for canary';
  const starred = words.find((word) => word.includes('*'));
  return starred === undefined
    ? null
    : `a stop takes no pattern such as "${starred}"; name the targets, or choose emergency rollback`;
}

/** Of words that make a stop. */
export function stopScope(words: ScopeWords): StopScope {
  if (words.some(isWhole)) return 'all';
  const targets = words.filter((word) => word.includes('/'));
  const environments = words.filter((word) => !word.includes('/'));
  return {
    ...(environments.length === 0 ? {} : { environments }),
    ...(targets.length === 0 ? {} : { targets }),
  };
}
