/** Reads a text that may be broken or hostile into what the editor can help with, and never takes long over it. */
import { type Document, parseDocument } from 'yaml';
import { isTooDeep } from '../../../../domain/plan/text.ts';

/** Plans are some hundred lines; help that makes typing slow is none. */
const helpUpTo = 64 * 1024;

/** Null: too long or too deep, and what is wrong with it is for the API to say. */
export function readForHelp(text: string): Document | null {
  if (text.length > helpUpTo || isTooDeep(text)) return null;
  try {
    // Aliases stay aliases: nothing is expanded.
    return parseDocument(text, { prettyErrors: false, uniqueKeys: false, keepSourceTokens: false });
  } catch {
    return null;
  }
}
