/** Patterns in which `*` stands for any characters, and everything else for itself. */

/** `any`: what a star may be, as a regular expression. Default: anything, also nothing. */
export function wildcard(pattern: string, any = '.*'): RegExp {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join(any)}$`, 'u');
}
