import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locateTools, repoRoot } from '../../../src/stack/tools.ts';

const node = process.execPath;
const tools = {
  temporal: node,
  temporalTestServer: node,
  haproxy: node,
  prometheus: node,
  promtool: node,
  alertmanager: node,
  registry: node,
  chromium: node,
  fish: node,
  s3: node,
};

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-tools-'));
  await mkdir(join(root, '.sluice', 'tools'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

describe('locateTools', () => {
  it('gives the paths that set-up wrote down, and nothing else', async () => {
    await write(JSON.stringify({ ...tools, foundFor: 'x' }));
    expect(locateTools(root)).toEqual(tools);
  });

  it.each([
    ['set-up has not run', undefined],
    ['the file is damaged', '{"temporal":'],
    ['a tool was not to be had', JSON.stringify({ ...tools, haproxy: null })],
    ['a tool has gone since', JSON.stringify({ ...tools, haproxy: '/nowhere/haproxy' })],
  ])('advises to run set-up when %s', async (_name, content) => {
    if (content !== undefined) await write(content);
    expect(() => locateTools(root)).toThrow(/npm run setup/);
  });
});

describe('repoRoot', () => {
  it('is the folder of the package.json named sluice', () => {
    expect(existsSync(join(repoRoot(), 'scripts', 'setup.mjs'))).toBe(true);
  });
});

async function write(content: string): Promise<void> {
  await writeFile(join(root, '.sluice', 'tools', 'tools.json'), content);
}
