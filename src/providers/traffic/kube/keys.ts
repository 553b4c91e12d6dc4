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
