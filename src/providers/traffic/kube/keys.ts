/** Tells the rules of a route from one another wherever they have moved to: by name, else by what they match on. */
export function ruleKeys(): (name: string | undefined, matches: unknown) => string {
  const counts = new Map<string, number>();
  return (name, matches) => {
    const key = name ?? JSON.stringify(matches ?? []);
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    return `${key}#${before}`;
  };
}

/**
 * What was noted of each rule when it was found. Rules that have another name or other matches since are told by their
 * order, if as many are new as are gone; else nothing is known of them.
 */
export function notedOf<Note extends readonly [string, ...unknown[]]>(
  keys: readonly string[],
  notes: readonly Note[],
): readonly (Note | undefined)[] {
  const gone = notes.filter(([key]) => !keys.includes(key));
  const fresh = keys.filter((key) => !notes.some(([of]) => of === key));
  const renamed = gone.length === fresh.length ? gone : [];
  return keys.map((key) => notes.find(([of]) => of === key) ?? renamed[fresh.indexOf(key)]);
}
