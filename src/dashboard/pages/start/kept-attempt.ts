/**
 * The attempt to start that this browser keeps, since a page that was loaded anew knows of no answer that was lost
 * before.
 */
import { recall, remember } from '../../shell/storage.ts';
import { type Attempt, attemptFor, readAttempt } from './attempt.ts';

const place = 'attempt';

export function keptAttempt(text: string): Attempt {
  const attempt = attemptFor(readAttempt(recall(place)), text, () => crypto.randomUUID());
  remember(place, JSON.stringify(attempt));
  return attempt;
}

export function forgetAttempt(): void {
  remember(place, null);
}
