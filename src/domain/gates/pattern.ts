/** Names that an operator or a plan lists, each exact or the beginning of one. Pure. */

/** `*` at the end of a pattern means all that begin so. */
export function fits(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
