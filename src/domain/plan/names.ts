/** Names of services and environments, of which a target is made. */

export const namePattern = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/;
export const nameRule =
  'must be 1 to 63 of a-z, 0-9, dot, underscore and dash, with a letter or digit at both ends';

export function isName(text: string): boolean {
  return namePattern.test(text);
}
