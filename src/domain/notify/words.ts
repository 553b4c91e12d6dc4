/** A notice in one sentence. */
import type { Notice } from './types.ts';

/** Where the text says what the title says, it stands alone. */
export function sentenceOf({ title, text }: Pick<Notice, 'title' | 'text'>): string {
  return text.startsWith(title) ? text : `${title}: ${text}`;
}
