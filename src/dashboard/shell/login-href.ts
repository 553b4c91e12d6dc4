/** The address of the login page, which leads back to where somebody is now. */

export function loginHref(): string {
  const { pathname, search } = location;
  return `/ui/login?return=${encodeURIComponent(pathname + search)}`;
}
