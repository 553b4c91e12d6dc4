/** What a start waits for, as the page says it. */
import type { Clock, WaitingWords } from '../../../client/begin.ts';

export const waitingWords: WaitingWords = {
  predecessor: (detail) => `This one begins when the running rollout has ended. ${detail}`,
  busy: 'The API has too much to do; this begins when its turn comes.',
  silent: (tries, most) => `No answer; it is asked again, ${tries} of ${most}.`,
};

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
