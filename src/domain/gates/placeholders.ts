/** Words in double braces that stand for what is rolled out, or for what an earlier step has given. Pure. */

const word = /\{\{(\w*)\}\}/g;

export type Values = Readonly<Record<string, string | undefined>>;

/** The text, or the words that stand for nothing. */
export function fill(
  template: string,
  values: Values,
  written: (value: string) => string = (value) => value,
): { readonly text: string } | { readonly unknown: readonly string[] } {
  const of = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined);
  const names = [...template.matchAll(word)].map(([, name = '']) => name);
  const unknown = [...new Set(names)].filter((name) => of(name) === undefined);
  if (unknown.length > 0) return { unknown };
  return { text: template.replaceAll(word, (_, name: string) => written(of(name) ?? '')) };
}

/** The same in every text of a value. */
export function fillIn<T>(
  value: T,
  values: Values,
): { readonly value: T } | { readonly unknown: readonly string[] } {
  const found = fill(JSON.stringify(value), values, (text) => JSON.stringify(text).slice(1, -1));
  return 'unknown' in found ? found : { value: JSON.parse(found.text) as T };
}
