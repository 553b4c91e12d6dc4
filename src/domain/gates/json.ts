/** JSON that others wrote, looked into by a path. Pure. */

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
