/** Where a browser goes on after a login: to a page of this API and nowhere else, whatever a link says. */

export const home = '/ui/';
const here = 'http://here.invalid';
/** What is longer would not fit the cookie. */
const maxLength = 1_000;

/** The path as a browser would read it, so that what is checked is what is gone to. */
export function returnPathOf(wanted: string | undefined): string {
  if (wanted === undefined || wanted.length > maxLength || !isOurs(wanted)) return home;
  if (!URL.canParse(wanted, here)) return home;
  const { origin, pathname, search, hash } = new URL(wanted, here);
  return origin === here && isOurs(pathname) ? `${pathname}${search}${hash}` : home;
}

/** Pages, and documents such as reports. */
function isOurs(path: string): boolean {
  return path.startsWith('/ui/') || path.startsWith('/v1/');
}
