/** What this browser remembers between visits. A browser that keeps nothing forgets it, and all else works. */

const prefix = 'sluice.';

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(prefix + key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(prefix + key);
    else localStorage.setItem(prefix + key, value);
  } catch {
    // Private windows may refuse.
  }
}
