/** What an emergency will do, in a sentence, and the words that confirm it. */
import type { ScopeWords } from '../../../domain/emergency/scope.ts';

/** What must be typed, letter by letter, before anything happens. */
export function phraseOf(words: ScopeWords): string {
  return words.join(' ');
}

export function isConfirmed(words: ScopeWords, typed: string): boolean {
  return words.length > 0 && typed.trim() === phraseOf(words);
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

/** Where none of it runs, a promise that canaries lose their traffic would hide a typing error. */
export function nothingToStop(words: ScopeWords): string {
  return `No rollout of ${whomOf(words, 'stop')} is known to run now, so nothing would be stopped.`;
}

function whomOf(words: ScopeWords, kind: 'stop' | 'rollback'): string {
  if (words.includes('all')) return 'everything';
  if (words.includes('canary')) return 'everything that is not promoted yet';
  const bare = (word: string) =>
    kind === 'stop' ? `environment ${word}` : `every environment or service named ${word}`;
  return words.map((word) => (word.includes('/') ? word : bare(word))).join(', ');
}
