/** Where the programs are that the local stack and the tests run: set-up finds or gets them and writes this down. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute paths, each of something that can be executed directly. */
export interface Tools {
  temporal: string;
  temporalTestServer: string;
  haproxy: string;
  prometheus: string;
  promtool: string;
  /** Only tests run it; null: set-up could not get it. */
  alertmanager: string | null;
  /** As above. */
  registry: string | null;
  /** As above. */
  chromium: string | null;
  /** As above. */
  fish: string | null;
  /** As above. */
  s3: string | null;
}

const ADVICE = 'Run "npm run setup": it finds or gets every tool, or says what to install.';

/**
 * Reads `.sluice/tools/tools.json` under `root` (default: this repository).
 * @throws Error with advice if set-up has not run, could not get a tool, or a tool has gone since.
 */
export function locateTools(root: string = repoRoot()): Tools {
  const file = join(root, '.sluice', 'tools', 'tools.json');
  const found = readTools(file);
  const path = (name: keyof Tools) => checked(name, found[name]);
  return {
    temporal: path('temporal'),
    temporalTestServer: path('temporalTestServer'),
    haproxy: path('haproxy'),
    prometheus: path('prometheus'),
    promtool: path('promtool'),
    alertmanager: found.alertmanager == null ? null : path('alertmanager'),
    registry: found.registry == null ? null : path('registry'),
    chromium: found.chromium == null ? null : path('chromium'),
    fish: found.fish == null ? null : path('fish'),
    s3: found.s3 == null ? null : path('s3'),
  };
}

/**
 * The repository's folder: the nearest one above this file whose package.json is named "sluice".
 * @throws Error if this file has been taken out of its repository.
 */
export function repoRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isSluice(folder)) {
    const above = dirname(folder);
    if (above === folder)
      throw new Error('No package.json named "sluice" above this file: run Sluice from its repository.');
    folder = above;
  }
  return folder;
}

function checked(name: string, path: unknown): string {
  if (typeof path !== 'string') throw new Error(`Set-up has not found the tool "${name}". ${ADVICE}`);
  if (!existsSync(path)) throw new Error(`The tool "${name}" is no longer at ${path}. ${ADVICE}`);
  return path;
}

function isSluice(folder: string): boolean {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return false;
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof content === 'object' && content !== null && 'name' in content && content.name === 'sluice';
}

function readTools(file: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`Cannot read ${file}. ${ADVICE}`, { cause: error });
  }
  if (typeof content !== 'object' || content === null) throw new Error(`${file} is damaged. ${ADVICE}`);
  return { ...content };
}
