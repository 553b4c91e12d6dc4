/** Builds a pinned program with Go into .sluice/tools, for tests that need a server which no system package has. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { Failure, lastLines } from './failure.mjs';
import { isAtLeast, isExecutable, onPath } from './find.mjs';
import { root, toolsDir } from './paths.mjs';
import { must, run } from './run.mjs';

const BUILD_LIMIT_MS = 30 * 60_000;
// No other toolchain is fetched, and no setting of another project has a say.
const ENVIRONMENT = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' };

/**
 * @typedef {object} GoProgram
 * @property {string} name
 * @property {string} folder of the go.mod and go.sum that pin it
 * @property {string} source its Go package
 */

/** The program's path if an earlier set-up has built it from the same pins. @param {GoProgram} program */
export function builtWithGo(program) {
  const path = targetOf(program);
  return isExecutable(path) ? path : undefined;
}

/** @param {GoProgram} program @returns {Promise<string>} its path */
export async function buildWithGo(program) {
  const go = onPath('go');
  const least = oldestGo(program);
  if (go === undefined)
    throw new Failure(`there is no go on the PATH (${least.join('.')} or newer is needed)`);
  const { stdout } = await must(go, ['env', 'GOVERSION'], { env: ENVIRONMENT });
  const version = stdout.trim().replace(/^go/, '');
  if (!isAtLeast(version, least))
    throw new Failure(`${go} is Go ${version}, but ${least.join('.')} or newer is needed`);
  const target = targetOf(program);
  const work = `${target}.${process.pid}`;
  mkdirSync(dirname(target), { recursive: true });
  try {
    const flags = ['-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags', '-s -w', '-o', work];
    const options = { cwd: folderOf(program), env: ENVIRONMENT, timeoutMs: BUILD_LIMIT_MS };
    const { code, stderr } = await run(go, ['build', ...flags, program.source], options);
    if (code !== 0)
      throw new Failure(`"go build ${program.source}" ended with code ${code}: ${lastLines(stderr)}`);
    renameSync(work, target);
  } finally {
    if (existsSync(work)) rmSync(work, { force: true });
  }
  return target;
}

/** @param {GoProgram} program */
function folderOf({ folder }) {
  return join(root, 'scripts', folder);
}

/** @param {GoProgram} program */
function goMod(program) {
  return readFileSync(join(folderOf(program), 'go.mod'), 'utf8');
}

/** Its name changes with the version. @param {GoProgram} program */
function targetOf(program) {
  const module = program.source.split('/').slice(0, 3).join('/');
  const version = new RegExp(`${module} (v\\S+)`).exec(goMod(program))?.[1] ?? 'unpinned';
  return join(toolsDir, 'go', `${program.name}-${version}`, program.name);
}

/** @param {GoProgram} program @returns {[number, number]} */
function oldestGo(program) {
  const [, major = '0', minor = '0'] = /^go (\d+)\.(\d+)/m.exec(goMod(program)) ?? [];
  return [Number(major), Number(minor)];
}
