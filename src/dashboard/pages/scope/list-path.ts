/** The path of a list with what it is narrowed to; what is empty narrows nothing. */
export function listPath(path: string, query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value.trim() !== '');
  const text = new URLSearchParams(
    Object.fromEntries(given.map(([name, value]) => [name, value.trim()])),
  ).toString();
  return text === '' ? path : `${path}?${text}`;
}
