/**
 * The sequential test on counts: `begin`, one `step` for each look, `answerOf` after any of them. Looking at every
 * answer and stopping whenever one likes keeps the error rate, which is what makes it fit for a live canary.
 */
export { begin, isAlone, step } from './e-process.ts';
export { intervalsOf } from './interval.ts';
export {
  answerOfSeveral as answerOf,
  beginSeveral,
  type Look,
  stepSeveral,
} from './several.ts';
export { type InstanceSample, type Spread, spreadOf } from './spread.ts';
export type * from './types.ts';
