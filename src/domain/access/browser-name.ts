/** What a browser says of itself, in the few words by which its owner knows it. */

/** The first that is named counts, since most browsers name others beside themselves. */
const browsers: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)\S* (?:Mobile\/\S+ )?Safari\//, 'Safari'],
];
const systems: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** Such as `Firefox 141 on Linux`, of the header `User-Agent`. */
export function browserNameOf(userAgent: string | undefined): string {
  const said = (userAgent ?? '').slice(0, 500);
  for (const [pattern, name] of browsers) {
    const version = pattern.exec(said)?.[1];
    if (version === undefined) continue;
    const system = systems.find(([one]) => one.test(said))?.[1];
    return system === undefined ? `${name} ${version}` : `${name} ${version} on ${system}`;
  }
  return 'another browser';
}
