/**
 * A browser at an OpenID provider, without a screen: it keeps cookies, fills in what is asked, and says where it is
 * sent back to.
 */

/** More steps than a login has. */
const mostSteps = 12;

/** Logs in as that account, agrees to what is asked, and does not follow the way back. */
export async function logInAt(start: string, account: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const { origin } = new URL(start);
  let url = new URL(start);
  let form: URLSearchParams | null = null;
  for (let step = 0; step < mostSteps; step += 1) {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === null ? {} : { method: 'POST', body: form }),
    });
    keep(cookies, answer.headers.getSetCookie());
    form = null;
    const location = answer.headers.get('location');
    if (location === null) form = filledIn(await answer.text(), account);
    else {
      url = new URL(location, url);
      if (url.origin !== origin) return url;
    }
  }
  throw new Error(`the provider does not send anybody back from ${url.pathname}`);
}

function keep(cookies: Map<string, string>, set: readonly string[]): void {
  for (const line of set) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
  }
}

function filledIn(page: string, account: string): URLSearchParams {
  if (page.includes('name="login"'))
    return new URLSearchParams({ prompt: 'login', login: account, password: 'any' });
  if (page.includes('value="consent"')) return new URLSearchParams({ prompt: 'consent' });
  throw new Error(`the provider shows a page that nobody can fill in: ${page.slice(0, 2_000)}`);
}
