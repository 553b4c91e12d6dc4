import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repoRoot } from '../../../src/stack/tools.ts';
import {
  contextPaths,
  copiesOf,
  dockerfileStages,
  last,
  type Stage,
} from '../../support/deploy/dockerfile.ts';

const root = repoRoot();
const stages = dockerfileStages();
const final = stages.at(-1) as Stage;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('the Dockerfile', () => {
  it('copies only what is there and what .dockerignore lets in', () => {
    const copied = stages.flatMap(copiesOf).filter(({ from }) => from === null);
    const sources = copied.flatMap((copy) => copy.sources);
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    expect(new Set(sources)).toEqual(new Set(contextPaths()));
  });

  it('copies from earlier stages only what they make', () => {
    const made: Record<string, readonly string[]> = { dependencies: ['node_modules'], build: ['dist'] };
    for (const { from, sources } of copiesOf(final)) {
      if (from === null) continue;
      expect(stages.slice(0, -1).map(({ name }) => name)).toContain(from);
      expect(made[from]?.map((path) => `/app/${path}`)).toEqual(sources);
    }
  });

  it('runs only npm scripts that exist, and installs from the lock', () => {
    const runs = stages.flatMap(({ instructions }) => instructions.filter(({ name }) => name === 'RUN'));
    const scripts = runs.flatMap(({ text }) => [...text.matchAll(/npm run (\S+)/g)].map((found) => found[1]));
    expect(scripts).toEqual(['build']);
    expect(scripts.filter((name) => !(String(name) in manifest.scripts))).toEqual([]);
    const installs = runs.filter(({ text }) => /npm (ci|install|i)\b/.test(text));
    expect(installs.map(({ text }) => text.split(' ').slice(0, 2).join(' '))).toEqual(['npm ci', 'npm ci']);
  });

  it('ends in a stage without developers’ packages, as a numbered user that is not root', () => {
    const installed = stages.find(({ name }) => name === 'dependencies') as Stage;
    expect(last(installed, 'RUN')).toContain('--omit=dev');
    expect(last(final, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const afterUser = final.instructions.slice(final.instructions.findIndex(({ name }) => name === 'USER'));
    expect(afterUser.map(({ name }) => name)).not.toContain('USER root');
  });

  it('starts and probes by files that it copies', () => {
    const entry: string[] = JSON.parse(last(final, 'ENTRYPOINT'));
    const probe: string[] = JSON.parse(/CMD (\[.*\])$/.exec(last(final, 'HEALTHCHECK'))?.[1] ?? '');
    const files = [entry[1], probe[1]].map((path) => String(path).replace(/^\/app\//, ''));
    expect(files).toEqual(['bin/container.mjs', 'bin/probe.mjs']);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('runs on a Node that the package allows', () => {
    const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
    const major = Number(/NODE_IMAGE=node:(\d+)-slim/.exec(text)?.[1]);
    expect(major).toBeGreaterThan(Number(/>=(\d+)/.exec(manifest.engines.node)?.[1]));
  });
});
