/** JSON that others wrote: read without a throw, and looked into by a path. Pure. */

/** Null: it is no JSON (or says null). */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `$`, then `.name` and `[index]`, as many as it takes. */
export const jsonPath = /^\$(\.[A-Za-z0-9_-]+|\[\d{1,6}\])*$/;

/** Undefined: nothing is there. */
export function valueAt(value: unknown, path: string): unknown {
  const parts = [...path.matchAll(/\.([A-Za-z0-9_-]+)|\[(\d+)\]/g)].map(
    ([, name, index]) => name ?? index ?? '',
  );
  return parts.reduce<unknown>((inside, part) => {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, part)) return undefined;
    return (inside as Readonly<Record<string, unknown>>)[part];
  }, value);
}
