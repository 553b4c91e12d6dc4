/**
 * Characters that are not seen themselves and change what is: control characters, those that turn the direction of
 * text, with which a reason can seem to say something else, and those without width, with which one name can look like
 * another.
 */

const turning = String.raw`\p{Cc}\p{Bidi_Control}`;
/** Scripts in which joiners change how the letters beside them look. */
const joining = [
  ...['Arabic', 'Syriac', 'Mongolian', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya'],
  ...['Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar'],
]
  .map((script) => String.raw`\p{Script=${script}}`)
  .join('');
/**
 * Between letters of those, at the end of an older chillu, and in an emoji that is made of several. What stands before a
 * joiner is looked at only where there is one, and not far back: a text of nothing but marks would take minutes.
 */
const joiner = [
  String.raw`[\u200c\u200d](?<=[${joining}]\p{M}{0,8}[\u200c\u200d])(?=[${joining}])`,
  String.raw`\u200d(?<=\u0d4d\u200d)`,
  String.raw`\u200d(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]{0,3}\u200d)(?=\p{Extended_Pictographic})`,
].join('|');
/** Says whether the sign before it is a picture, or which form of it is meant. */
const variation = String.raw`(?<=[\p{Emoji}\p{Script=Han}\p{Script=Mongolian}])[\ufe0e\ufe0f\u180b-\u180d\u{e0100}-\u{e01ef}]`;
const unseen = String.raw`[${turning}]|(?!${joiner}|${variation})\p{Default_Ignorable_Code_Point}`;

const hidden = new RegExp(unseen, 'u');
const hiddenRuns = new RegExp(`(?:${unseen})+`, 'gu');
/** Texts of several lines have tabs and the ends of lines. */
const hiddenInText = new RegExp(String.raw`(?![\t\n\r])(?:${unseen})`, 'gu');
const turningInText = new RegExp(String.raw`(?![\t\n\r])[${turning}]`, 'gu');

export const legibleRule =
  'must have no control characters, none that turn the direction of text, and none that are not seen';

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
  return text.replace(hiddenInText, (found) => '\ufffd'.repeat(found.length));
}

/**
 * As `legible` was before it knew of characters without width: what workflows write into their stories has to stay the
 * same when they are replayed.
 */
export function legibleInStory(text: string): string {
  return text.replace(turningInText, '\ufffd');
}
