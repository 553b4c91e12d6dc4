/** Bundles on disk and rollouts, which the same argument may name. */
import { messageOf } from '../../domain/errors.ts';
import { readBundle } from '../../evidence/folder.ts';
import type { Files } from '../../evidence/verify.ts';
import { badInput } from '../cli-error.ts';
import { parseTarget, type Target } from '../target.ts';

/** `./bundle`, `/srv/bundle` and `bundle.tar` are on disk, `demo/shop` is a target. */
export function isPath(what: string): boolean {
  return /^\.{0,2}\//.test(what) || what === '.' || what.endsWith('.tar');
}

/** Of what is no path. Throws `CliError`, which says how paths are written. */
export function targetNamed(what: string): Target {
  try {
    return parseTarget(what);
  } catch (error) {
    throw badInput(messageOf(error), 'For a bundle on disk write ./folder or a file that ends with .tar.');
  }
}

/** Null: an archive that is not as it was written. Throws `CliError`. */
export async function bundleAt(path: string): Promise<Files | null> {
  return await readBundle(path).catch((error: unknown) => {
    throw badInput(
      `${path} cannot be read: ${messageOf(error)}`,
      'Name a folder or an archive of `sluice evidence get`.',
    );
  });
}
