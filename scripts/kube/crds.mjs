/** Takes custom resource definitions out of pinned Go modules, as JSON files in the cache. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Failure } from '../lib/failure.mjs';
import { readZip } from '../lib/zip.mjs';
import { cacheDir } from './cache.mjs';
import { fetchModule } from './go.mjs';
import { crdSets } from './pins.mjs';

/** @typedef {import('./pins.mjs').CrdSet} CrdSet */

export function crdsDir() {
  return join(cacheDir(), 'crds');
}

export function missingCrds() {
  return crdSets.filter(({ name }) => !existsSync(join(crdsDir(), name)));
}

/** A set takes its place only when it is whole. @param {CrdSet} set */
export async function getCrds(set) {
  const work = join(cacheDir(), `tmp-${set.name}-${process.pid}`);
  mkdirSync(work, { recursive: true });
  try {
    const zip = await fetchModule(set);
    const prefix = `${set.module}@${set.version}/`;
    const files = readZip(
      zip,
      (name) => name.startsWith(prefix) && set.files.test(name.slice(prefix.length)),
    );
    const definitions = await definitionsIn([...files.values()]);
    const kept = set.only?.map((name) => named(definitions, name, set)) ?? definitions;
    if (kept.length === 0) throw new Failure(`${prefix} holds no definitions where they should be`);
    for (const each of kept) writeFileSync(join(work, `${each.metadata.name}.json`), JSON.stringify(each));
    mkdirSync(crdsDir(), { recursive: true });
    renameSync(work, join(crdsDir(), set.name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string[]} texts @returns {Promise<any[]>} */
async function definitionsIn(texts) {
  // Not at the top: set-up installs it.
  const { parseAllDocuments } = await import('yaml');
  const documents = texts.flatMap((text) => [...parseAllDocuments(text)].map((each) => each.toJS()));
  return documents.filter((each) => each?.kind === 'CustomResourceDefinition');
}

/** @param {any[]} definitions @param {string} name @param {CrdSet} set */
function named(definitions, name, set) {
  const found = definitions.find((each) => each.metadata.name === name);
  if (found === undefined) throw new Failure(`${set.module} ${set.version} does not define ${name}`);
  return found;
}
