/**
 * Gets programs out of Debian packages without root: fetched by apt, which checks them, and unpacked, not installed.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure, isInterruption } from './failure.mjs';
import { isExecutable, onPath } from './find.mjs';
import { toolsDir } from './paths.mjs';
import { must } from './run.mjs';
import { freshFolder } from './temporary.mjs';

const aptDir = join(toolsDir, 'tmp', 'apt');
const debDir = join(toolsDir, 'deb');
const binDir = join(toolsDir, 'bin');
const SYSTEM_PIP_WHEELS = '/usr/share/python-wheels';

/**
 * The wrapper's path if an earlier set-up has made it and its program is there.
 * @param {string} deb
 * @param {string} program
 */
export function unpackedDeb(deb, program) {
  const wrapper = join(binDir, baseName(program));
  return isExecutable(wrapper) && isExecutable(join(debDir, deb, program)) ? wrapper : undefined;
}

/**
 * Fetches a Debian package with the libraries that this machine lacks, and makes a wrapper for each of its programs
 * that runs it where it lies.
 * @param {string} deb the package's name
 * @param {string[]} programs paths inside the package
 * @param {string} [data] a folder inside the package whose absolute path is compiled into the programs
 * @returns {Promise<string[]>} the wrappers' paths
 */
export async function fetchDeb(deb, programs, data) {
  const unpacked = await unpack(deb);
  const missing = programs.filter((program) => !isExecutable(join(unpacked, program)));
  if (missing.length > 0) throw new Failure(`the package ${deb} has no ${missing.join(', ')}`);
  const folder = putInPlace(deb, unpacked);
  if (data !== undefined) {
    for (const program of programs) findDataByHandle(join(folder, program), data);
  }
  return programs.map((program) => writeWrapper(deb, folder, program, data));
}

/** The number of the open folder by which a program finds its data, whatever the place it was unpacked to. */
const dataHandle = 9;

/** @param {string} program @param {string} data */
function findDataByHandle(program, data) {
  writeFileSync(program, withDataByHandle(readFileSync(program), data));
}

/**
 * The program with a compiled-in absolute path replaced by one of the same length that leads to an open folder.
 * @param {Buffer} program
 * @param {string} data relative to the root
 * @returns {Buffer}
 */
export function withDataByHandle(program, data) {
  const compiledIn = `/${data}`;
  const handle = `/proc/self/fd/${dataHandle}`.padEnd(compiledIn.length, '/');
  if (handle.length > compiledIn.length) throw new Failure(`${compiledIn} is too short to be replaced`);
  // One byte is one character in latin1, so everything else stays as it is.
  return Buffer.from(program.toString('latin1').replaceAll(compiledIn, handle), 'latin1');
}

/** Debian's own wheel of pip, for a Python that comes without it. @returns {Promise<string>} */
export async function debianPipWheel() {
  const name = 'python3-pip-whl';
  const fetched = join(debDir, name, SYSTEM_PIP_WHEELS);
  const present = pipWheelIn(SYSTEM_PIP_WHEELS) ?? pipWheelIn(fetched);
  if (present !== undefined) return present;
  putInPlace(name, await unpack(name));
  const wheel = pipWheelIn(fetched);
  if (wheel === undefined)
    throw new Failure(`this Python has no pip, and the package ${name} has none either`);
  return wheel;
}

/** @param {string} folder */
function pipWheelIn(folder) {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const wheel = files.find((file) => /^pip-.*\.whl$/.test(file));
  return wheel === undefined ? undefined : join(folder, wheel);
}

/**
 * Which of the packages that apt would install are needed to run a program from a folder: itself, what it shares with
 * its variants, and libraries. Web fonts and scripts are not; another C library than the machine's own would break
 * every program.
 * @param {string} printedUris the output of `apt-get install --print-uris`
 * @param {string} wanted
 */
export function neededPackages(printedUris, wanted) {
  const files = [...printedUris.matchAll(/^'[^']*' (\S+?)_\S+\.deb /gm)];
  const names = files.map(([, name]) => name ?? '');
  return names.filter(
    (name) =>
      name === wanted ||
      name === `${wanted}-common` ||
      (/^lib/.test(name) && !/^(libjs-|libc6|libc-)/.test(name)),
  );
}

/** @param {string} deb */
async function unpack(deb) {
  if (onPath('apt-get') === undefined || onPath('dpkg-deb') === undefined) {
    throw new Failure('this machine has no apt to fetch Debian packages with');
  }
  const work = freshFolder(`deb-${deb}`);
  try {
    await download(deb, work, systemLists());
  } catch (error) {
    if (isInterruption(error)) throw error;
    // Package lists that are absent (a fresh container) or old (files gone from the mirror) are fetched anew, in
    // private.
    await download(deb, freshFolder(`deb-${deb}`), await privateLists());
  }
  const unpacked = join(work, 'unpacked');
  const files = readdirSync(work).filter((file) => file.endsWith('.deb'));
  for (const file of files) await must('dpkg-deb', ['-x', join(work, file), unpacked]);
  return unpacked;
}

/** @param {string} deb @param {string} folder @param {string[]} options */
async function download(deb, folder, options) {
  const planned = await must('apt-get', [
    ...options,
    'install',
    '--no-install-recommends',
    '--print-uris',
    '-qq',
    '-y',
    deb,
  ]);
  const names = neededPackages(planned.stdout, deb);
  // A package that is installed already is not planned; its program was not fit for use, so take the newest.
  if (!names.includes(deb)) names.push(deb);
  await must('apt-get', [...options, 'download', '-qq', ...names], { cwd: folder });
}

function systemLists() {
  return ['-c', writeAptConfig('system.conf', [])];
}

async function privateLists() {
  mkdirSync(join(aptDir, 'lists', 'partial'), { recursive: true });
  const options = ['-c', writeAptConfig('private.conf', [`Dir::State::lists "${aptDir}/lists/";`])];
  // One unreachable source of several is only a warning here: what matters is whether the package is found afterwards.
  await must('apt-get', [
    ...options,
    '-o',
    'Acquire::Retries=2',
    '-o',
    'Acquire::http::Timeout=30',
    'update',
    '-qq',
  ]);
  return options;
}

/**
 * Settings that keep apt off the system: own cache, no lock, none of the commands that the system runs after an update.
 * Its sources and trusted keys stay in use.
 * @param {string} name
 * @param {string[]} lines
 */
function writeAptConfig(name, lines) {
  mkdirSync(join(aptDir, 'cache', 'archives', 'partial'), { recursive: true });
  const file = join(aptDir, name);
  const common = [
    `Dir::Cache "${aptDir}/cache/";`,
    'Debug::NoLocking "1";',
    'APT::Sandbox::User "root";',
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
  ];
  writeFileSync(file, `${[...common, ...lines].join('\n')}\n`);
  return file;
}

/** @param {string} deb @param {string} unpacked */
function putInPlace(deb, unpacked) {
  const target = join(debDir, deb);
  mkdirSync(debDir, { recursive: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(unpacked, target);
  rmSync(dirname(unpacked), { recursive: true, force: true });
  return target;
}

/** @param {string} deb @param {string} folder @param {string} program @param {string} [data] */
function writeWrapper(deb, folder, program, data) {
  mkdirSync(binDir, { recursive: true });
  const wrapper = join(binDir, baseName(program));
  const libraries = libraryFolders(folder).map((each) => `$deb/${each}`);
  const lines = [
    '#!/bin/sh',
    `# Runs ${baseName(program)} from the unpacked Debian package ${deb}, with the libraries that came with it.`,
    `deb=$(cd "$(dirname "$0")/../deb/${deb}" && pwd) || exit 1`,
    `export LD_LIBRARY_PATH="${libraries.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
    `exec "$deb/${program}" "$@"`,
  ];
  if (libraries.length === 0) lines.splice(3, 1);
  if (data !== undefined) lines.splice(-1, 0, `exec ${dataHandle}<"$deb/${data}"`);
  writeFileSync(wrapper, `${lines.join('\n')}\n`);
  chmodSync(wrapper, 0o755);
  return wrapper;
}

/**
 * Folders of shared libraries, such as usr/lib/x86_64-linux-gnu, and those below where a package hides some of its own.
 * @param {string} folder
 */
function libraryFolders(folder) {
  const parents = ['usr/lib', 'lib'].filter((parent) => existsSync(join(folder, parent)));
  const triplets = parents.flatMap((parent) =>
    foldersIn(join(folder, parent))
      .filter((name) => /-linux-gnu/.test(name))
      .map((triplet) => `${parent}/${triplet}`),
  );
  return triplets.flatMap((triplet) => [
    triplet,
    ...foldersIn(join(folder, triplet))
      .map((name) => `${triplet}/${name}`)
      .filter((each) => readdirSync(join(folder, each)).some((file) => /^lib.*\.so/.test(file))),
  ]);
}

/** @param {string} path */
function foldersIn(path) {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** @param {string} path */
function baseName(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}
