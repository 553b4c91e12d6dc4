/** Where the built programs and the definitions are kept: outside the repository, so that every clone shares them. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { hashOfPins } from './pins.mjs';

/** One folder per set of pins. SLUICE_KUBE_CACHE says where, else the user's cache folder. */
export function cacheDir(environment = process.env) {
  const { SLUICE_KUBE_CACHE: chosen, XDG_CACHE_HOME: caches } = environment;
  const above = chosen || join(caches || join(homedir(), '.cache'), 'sluice');
  return join(above, `kube-${hashOfPins()}`);
}
