/** What an image reference names, and how registries are asked about it. Pure. */

export interface ImageReference {
  /** `registry.example.com:5000`; Docker Hub where none is named. */
  readonly registry: string;
  readonly repository: string;
  /** Null: none is named. */
  readonly tag: string | null;
  /** `sha256:…`; null: none is named. */
  readonly digest: string | null;
}

/** A host, maybe with a port; or an address in brackets. Anything else could lead somewhere else than it says. */
const registryPattern = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;
const dockerHub = 'registry-1.docker.io';

/** Null: it is no reference that can be asked about. */
export function parseImage(text: string): ImageReference | null {
  const [named = '', digest = null, ...more] = text.split('@');
  if (more.length > 0 || (digest !== null && !/^sha256:[0-9a-f]{64}$/.test(digest))) return null;
  const slash = named.indexOf('/');
  const first = slash === -1 ? '' : named.slice(0, slash);
  const hasRegistry = first === 'localhost' || /[.:]/.test(first);
  const registry = hasRegistry ? first : dockerHub;
  if (!registryPattern.test(registry) || !URL.canParse(`https://${registry}`)) return null;
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const tag = colon === -1 ? null : rest.slice(colon + 1);
  const path = colon === -1 ? rest : rest.slice(0, colon);
  // Docker Hub's own images live below `library`.
  const repository = hasRegistry || path.includes('/') ? path : `library/${path}`;
  if (!/^[a-z0-9]+((\.|_|__|-+|\/)[a-z0-9]+)*$/.test(repository)) return null;
  if (tag !== null && !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) return null;
  if (tag === null && digest === null) return null;
  return { registry, repository, tag, digest };
}

/** The parts of `Bearer realm="…",service="…",scope="…"`; null: another way to log in is asked for. */
export function parseChallenge(
  header: string,
): { readonly realm: string; readonly query: URLSearchParams } | null {
  if (!/^bearer /i.test(header)) return null;
  const parts = new Map(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const realm = parts.get('realm');
  if (realm === undefined || !URL.canParse(realm)) return null;
  const asked = ['service', 'scope'].flatMap((key): [string, string][] => {
    const value = parts.get(key);
    return value === undefined ? [] : [[key, value]];
  });
  return { realm, query: new URLSearchParams(asked) };
}
