/** What the dashboard's pages may do: run and load what this API serves, and nothing else. */

/** Scripts and styles are files of ours, so that nothing which got into a page's text can run. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Beside those of every answer. */
export const dashboardHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'same-origin',
  'x-robots-tag': 'noindex',
};
