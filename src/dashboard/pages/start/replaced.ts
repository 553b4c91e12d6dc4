/** What somebody wrote and then replaced by an example or by nothing, so that it can be had back. Pure. */

/** Null: there is nothing to have back. An example as it stands is no work of anybody, so what was kept before stays. */
export function keptAfter(kept: string | null, text: string, examples: readonly string[]): string | null {
  const isWork = text.trim() !== '' && !examples.includes(text);
  return isWork ? text : kept;
}
