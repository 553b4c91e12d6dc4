/** How deep a JSON text goes, told before anything that recurses reads it. */

/** As deep as a plan in YAML may be. */
export const maxJsonDepth = 64;

/** Brackets within texts do not count. What is no JSON is left to the parser. */
export function isNestedBeyond(json: string, levels: number): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const sign = json[at];
    if (inText) {
      if (sign === '\\') at += 1;
      else if (sign === '"') inText = false;
    } else if (sign === '"') inText = true;
    else if (sign === '[' || sign === '{') {
      depth += 1;
      if (depth > levels) return true;
    } else if (sign === ']' || sign === '}') depth -= 1;
  }
  return false;
}
