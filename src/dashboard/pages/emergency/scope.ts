/** What an emergency is to cover, as somebody types it, and the words that confirm it. */
import type { EmergencyScope } from '../../../api/contract.ts';
import { isWhole, normalised, problemOfScope, type ScopeWords } from '../../../domain/emergency/scope.ts';

export function wordsOf(text: string): ScopeWords {
  return normalised(text.split(/[\s,]+/).filter((word) => word !== ''));
}

/** What must be typed, letter by letter, before anything happens. */
export function phraseOf(words: ScopeWords): string {
  return words.join(' ');
}

export function isConfirmed(words: ScopeWords, typed: string): boolean {
  return words.length > 0 && typed.trim() === phraseOf(words);
}

/** A stop knows targets and environments by their names only; null: it can be asked for. */
export function problemOfStop(words: ScopeWords): string | null {
  const problem = problemOfScope(words);
  if (problem !== null) return problem;
  if (words.includes('canary'))
    return 'a stop takes all, names of environments, or targets; choose emergency rollback for canary';
  const starred = words.find((word) => word.includes('*'));
  return starred === undefined
    ? null
    : `a stop takes no pattern such as "${starred}"; name the targets, or choose emergency rollback`;
}

/** Of words that make a stop. */
export function stopScope(words: ScopeWords): EmergencyScope {
  if (words.some(isWhole)) return 'all';
  const targets = words.filter((word) => word.includes('/'));
  const environments = words.filter((word) => !word.includes('/'));
  return {
    ...(environments.length === 0 ? {} : { environments }),
    ...(targets.length === 0 ? {} : { targets }),
  };
}

/** In a sentence what will happen. */
export function emergencySentence(kind: 'stop' | 'rollback', words: ScopeWords, to: string): string {
  const whom = whomOf(words, kind);
  if (kind === 'stop') {
    const bar = words.includes('all') ? ' No rollout can begin anywhere until it is released.' : '';
    return `The canaries of ${whom} lose all traffic now, written in the data planes directly; their rollouts are told to roll back.${bar}`;
  }
  const back =
    to === ''
      ? 'What is promoted already stays.'
      : `What is promoted already goes to ${to === 'previous' ? 'the version before' : to}.`;
  return `Every rollout of ${whom} goes back to stable now, and none can begin there until the emergency is released. ${back}`;
}

function whomOf(words: ScopeWords, kind: 'stop' | 'rollback'): string {
  if (words.includes('all')) return 'everything';
  if (words.includes('canary')) return 'everything that is not promoted yet';
  const bare = (word: string) =>
    kind === 'stop' ? `environment ${word}` : `every environment or service named ${word}`;
  return words.map((word) => (word.includes('/') ? word : bare(word))).join(', ');
}
