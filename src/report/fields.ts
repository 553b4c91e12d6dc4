/** Reads single fields of what may have any shape. */

/** Its own field only, never one of a prototype. */
export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}

export function numberAt(value: unknown, key: string): number | null {
  const found = fieldOf(value, key);
  return typeof found === 'number' ? found : null;
}
