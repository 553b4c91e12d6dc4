import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repoRoot } from '../../../src/stack/tools.ts';

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optional?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Record<string, string>;
}

const text = readFileSync(join(repoRoot(), 'package-lock.json'), 'utf8');
const packages: Record<string, Entry> = JSON.parse(text).packages;
const entries = Object.entries(packages).filter(([path]) => path !== '');

describe('package-lock.json', () => {
  it('names no registry, so that each person uses their own', () => {
    expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  // A registry that lacks packages for other platforms makes npm leave them out; "npm ci" then refuses the lock.
  it('holds the packages for every platform, also those that this one does not need', () => {
    const asked = entries.flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).map((name) => ({ path, name })),
    );
    const absent = asked.filter(
      ({ path, name }) => !(`${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages),
    );
    expect(absent).toEqual([]);
  });

  it('holds the hash of every package that is needed everywhere', () => {
    expect(entries.filter(([, entry]) => !entry.optional && entry.integrity === undefined)).toEqual([]);
  });
});
