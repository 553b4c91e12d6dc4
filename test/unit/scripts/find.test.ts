import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAtLeast, onPath } from '../../../scripts/lib/find.mjs';
import { requireNode } from '../../../scripts/setup.mjs';
import { isComplete } from '../../../scripts/tools.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-find-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a program on the PATH', () => {
  it('is the first executable file of its name, not a folder and not a plain file', async () => {
    await mkdir(join(folder, 'a', 'some-tool'), { recursive: true });
    await mkdir(join(folder, 'b'));
    await writeFile(join(folder, 'b', 'some-tool'), '');
    const tool = await makeTool('c');
    const path = ['a', 'b', 'c'].map((name) => join(folder, name)).join(delimiter);
    expect(onPath('some-tool', path)).toBe(tool);
    expect(onPath('no-such-tool', path)).toBeUndefined();
  });
});

describe('a version', () => {
  it.each([
    ['2.6.12-1+deb12u4', [2, 4], true],
    ['2.4', [2, 4], true],
    ['3.0.0', [2, 4], true],
    ['2.3.9', [2, 4], false],
    ['1.10.0', [1, 9], true],
    ['of unknown version', [1, 0], false],
  ] as [string, [number, number], boolean][])('%s against %s: %s', (text, minimum, expected) => {
    expect(isAtLeast(text, minimum)).toBe(expected);
  });

  it('of Node that is too old is refused with what to do', () => {
    expect(() => requireNode('18.20.0')).toThrow(/needs Node 20.19 or newer, but this is Node 18.20.0/);
    expect(() => requireNode('20.19.0')).not.toThrow();
  });
});

describe('what an earlier set-up found', () => {
  it('counts only while every path is a program and the choices are the same', async () => {
    const tool = await makeTool('c');
    const tools = {
      temporal: tool,
      temporalTestServer: tool,
      haproxy: tool,
      prometheus: tool,
      promtool: tool,
      alertmanager: tool,
      registry: tool,
      chromium: tool,
      fish: tool,
      s3: tool,
    };
    expect(isComplete({ ...tools, foundFor: 'x' }, 'x')).toBe(true);
    expect(isComplete({ ...tools, foundFor: 'x' }, 'y')).toBe(false);
    expect(isComplete({ ...tools, haproxy: null, foundFor: 'x' }, 'x')).toBe(false);
    expect(isComplete({ ...tools, haproxy: join(folder, 'gone'), foundFor: 'x' }, 'x')).toBe(false);
    expect(isComplete(undefined, 'x')).toBe(false);
    const started = { ...tools, chromium: null, s3: null, foundFor: 'x' };
    expect(isComplete(started, 'x', { forTests: false })).toBe(true);
    expect(isComplete(started, 'x')).toBe(false);
  });
});

async function makeTool(name: string): Promise<string> {
  const tool = join(folder, name, 'some-tool');
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(tool, '#!/bin/sh\n');
  await chmod(tool, 0o755);
  return tool;
}
