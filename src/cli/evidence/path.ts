/**
 * Tells bundles on disk from rollouts: `./bundle`, `/srv/bundle` and `bundle.tar` are on disk, `demo/shop` is a target.
 */
export function isPath(what: string): boolean {
  return /^\.{0,2}\//.test(what) || what === '.' || what.endsWith('.tar');
}
