/** Runs Go: it builds the test cluster's programs and fetches modules, and checks each against its checksum. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Failure, lastLines } from '../lib/failure.mjs';
import { isAtLeast, onPath } from '../lib/find.mjs';
import { must, run } from '../lib/run.mjs';
import { cacheDir } from './cache.mjs';
import { folderOfModule, linkerFlags, oldestGo } from './pins.mjs';

// A slow machine may need far more than the usual few minutes.
const BUILD_LIMIT_MS = 60 * 60_000;
// No other toolchain is fetched, and no setting of another project has a say.
const ENVIRONMENT = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' };

/** What Go is there. @throws Failure if there is none, or none that will do. */
export async function requireGo() {
  const go = onPath('go');
  const least = oldestGo().join('.');
  if (go === undefined) throw new Failure(`there is no go on the PATH (${least} or newer is needed)`);
  const { stdout } = await must(go, ['env', 'GOVERSION'], { env: ENVIRONMENT });
  const version = stdout.trim().replace(/^go/, '');
  if (isAtLeast(version, oldestGo())) return { go, version };
  throw new Failure(`${go} is Go ${version}, but ${least} or newer is needed`);
}

/**
 * Builds one program into the cache; it takes its place there only when it is whole.
 * @param {import('./pins.mjs').Program} program
 * @returns {Promise<string>} its path
 */
export async function buildProgram({ name, module, source }) {
  const { go } = await requireGo();
  const target = join(cacheDir(), 'bin', name);
  const work = join(cacheDir(), `tmp-${name}-${process.pid}`);
  mkdirSync(join(cacheDir(), 'bin'), { recursive: true });
  try {
    const flags = ['-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags', linkerFlags(), '-o', work];
    const options = { cwd: folderOfModule(module), env: ENVIRONMENT, timeoutMs: BUILD_LIMIT_MS };
    const { code, stderr } = await run(go, ['build', ...flags, source], options);
    if (code !== 0) throw new Failure(`"go build ${source}" ended with code ${code}: ${lastLines(stderr)}`);
    renameSync(work, target);
  } finally {
    rmSync(work, { force: true });
  }
  return target;
}

/**
 * Fetches a module and returns the path of its zip. Whether Go is new enough to build it does not matter.
 * @param {{ module: string, version: string, sum: string }} pin
 */
export async function fetchModule({ module, version, sum }) {
  const { go } = await requireGo();
  const named = `${module}@${version}`;
  const { stdout, stderr } = await run(go, ['mod', 'download', '-json', named], {
    cwd: cacheDir(),
    env: ENVIRONMENT,
  });
  const answer = parse(stdout);
  if (typeof answer?.Zip !== 'string') {
    throw new Failure(`"go mod download ${named}" failed: ${answer?.Error ?? lastLines(stderr)}`);
  }
  if (answer.Sum !== sum)
    throw new Failure(`${named} has the checksum ${answer.Sum}, but ${sum} is expected`);
  return answer.Zip;
}

/** @param {string} text @returns {any} */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
