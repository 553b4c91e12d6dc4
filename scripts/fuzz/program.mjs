/**
 * Gets schemathesis from PyPI into a virtual environment of its own, every package at the version and hash that is
 * pinned.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { onPath } from '../lib/find.mjs';
import { root, shown, toolsDir } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { step } from '../lib/say.mjs';

const requirements = join(root, 'scripts', 'fuzz', 'requirements.txt');

/** @returns {Promise<string>} the program's path */
export async function ensureSchemathesis() {
  const pinned = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(toolsDir, `schemathesis-${pinned}`);
  const done = join(folder, '.complete');
  const program = join(folder, 'bin', 'schemathesis');
  if (existsSync(done)) return program;
  const python = onPath('python3');
  if (python === undefined)
    throw new Failure('Fuzzing needs Python 3.10 or newer: there is no python3 on the PATH.');
  rmSync(folder, { recursive: true, force: true });
  await step(
    'schemathesis',
    'getting it (PyPI, sha256 pinned)',
    () => install(python, folder),
    () => shown(program),
  );
  // Last, so that an interrupted set-up is begun anew.
  writeFileSync(done, '');
  return program;
}

/** @param {string} python @param {string} folder */
async function install(python, folder) {
  await must(python, ['-m', 'venv', folder]);
  const flags = ['--quiet', '--disable-pip-version-check', '--no-input', '--only-binary=:all:'];
  await must(join(folder, 'bin', 'python'), [
    ...['-m', 'pip', 'install', ...flags, '--require-hashes', '--requirement', requirements],
  ]);
}
