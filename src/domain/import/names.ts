/** Turns foreign names into such as a plan may have, and images into versions. */

const slugLength = 63;

/** Name of a service or environment: lower case letters, digits, dots, dashes. */
export function slugOf(name: string): string {
  const slug = trimmed(
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .slice(0, slugLength),
  );
  return slug === '' ? 'service' : slug;
}

/** Name of a check: letters, digits, spaces, dots, underscores, dashes. */
export function checkNameOf(name: string): string {
  const plain = trimmed(name.replaceAll(/[^A-Za-z0-9 ._-]+/g, '-').slice(0, slugLength));
  return plain === '' ? 'check' : plain;
}

/** The name, or the first of `name 2`, `name 3` … that is free. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : ` ${count}`;
    const candidate = `${trimmed(name.slice(0, slugLength - suffix.length))}${suffix}`;
    if (!isTaken(candidate)) return candidate;
  }
}

interface Image {
  /** Without tag and digest. */
  readonly repository: string;
  /** Null: it has none, or one that is no version. */
  readonly tag: string | null;
}

export function imageOf(text: string): Image {
  const undigested = text.split('@')[0] ?? '';
  const [, repository = undigested, tag = null] = /^(.+):([^:/]+)$/.exec(undigested) ?? [];
  const isVersion = tag !== null && /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/.test(tag);
  return { repository, tag: isVersion ? tag : null };
}

/** A header match as a plan may have it; undefined: no exact value, or signs that no data plane of Sluice takes. */
export function matchOf(
  header: string,
  exact: string | undefined,
): { header: string; value: string } | undefined {
  if (exact === undefined || !/^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(header)) return undefined;
  return /^[A-Za-z0-9._~:-]{1,100}$/.test(exact) ? { header, value: exact } : undefined;
}

/** A name that an object may have, unless it is the usual one anyway. */
export function objectRefOf(name: string | undefined, usual: string | undefined): string | undefined {
  if (name === undefined || name === usual || name.length > 253) return undefined;
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) ? name : undefined;
}

function trimmed(text: string): string {
  return text.replace(/^[^A-Za-z0-9]+/, '').replace(/[^A-Za-z0-9]+$/, '');
}
