/** Which versions the demo ships next: pure. */

export const badVersion = 'v3';

/** A good version that is not the stable one already: `v2` first, then `v2.1`, `v2.2` and so on. */
export function nextGoodVersion(stable: string | null): string {
  const minor = stable === null ? undefined : /^v2(?:\.(\d{1,6}))?$/.exec(stable)?.slice(1)[0];
  if (stable === 'v2') return 'v2.1';
  return minor === undefined ? 'v2' : `v2.${Number(minor) + 1}`;
}

/** The plan with another version in it. @throws Error if the plan names none. */
export function withVersion(plan: string, version: string): string {
  if (!/^version:.*$/m.test(plan)) throw new Error('The plan has no line that begins with "version:".');
  return plan.replace(/^version:.*$/m, `version: ${JSON.stringify(version)}`);
}
