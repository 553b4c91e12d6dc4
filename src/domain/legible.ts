/**
 * Characters that are not seen themselves and change what is: control characters, and those that turn the direction of
 * text, with which a reason can seem to say something else.
 */

const hidden = /[\p{Cc}\p{Bidi_Control}]/u;
const hiddenRuns = /[\p{Cc}\p{Bidi_Control}]+/gu;
/** Texts of several lines have tabs and the ends of lines. */
const hiddenInText = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}]/gu;

export const legibleRule = 'must have no control characters, nor those that turn the direction of text';

export function isLegible(line: string): boolean {
  return !hidden.test(line);
}

/** For places that show one line. */
export function asLine(text: string): string {
  return text.replace(hiddenRuns, ' ');
}

/**
 * Shows that something was there, and keeps the length: a text never becomes empty by it, nor one name another that
 * people could type.
 */
export function legible(text: string): string {
  return text.replace(hiddenInText, '\ufffd');
}
