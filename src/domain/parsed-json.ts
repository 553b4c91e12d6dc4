/** Text that others wrote, as JSON, without a throw. Pure. */

/** Null: it is no JSON (or says null). */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
