/** Files that several commands change at the same moment: tokens of the operator, contexts of a user. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTokens } from '../../../src/api/access/tokens.ts';
import { changeFile } from '../../../src/cli/change-file.ts';
import { processIo } from '../../../src/cli/io.ts';
import { main } from '../../../src/cli/program.ts';
import { identityOf } from '../../../src/providers/workload/process-identity.ts';
import { fakeIo } from './fakes.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-change-'));
  file = join(folder, 'tokens.yaml');
});
afterEach(() => rm(folder, { recursive: true }));

const { replaceText, sleep } = processIo();

async function run(...args: string[]) {
  const io = fakeIo({ env: { XDG_CONFIG_HOME: folder }, replaceText, sleep });
  const code = await main(args, io);
  return { code, ...io.printed };
}

const create = (name: string) => run('tokens', 'create', '--file', file, '--name', name, '--role', 'viewer');

const names = ['a', 'b', 'c', 'd', 'e', 'f'];

test('tokens that are made at the same time are all in the file', async () => {
  const made = await Promise.all(names.map(create));
  expect(made.map(({ code }) => code)).toEqual(names.map(() => 0));
  const kept = (await readTokens(file)).tokens.map(({ name }) => name);
  expect(kept.sort()).toEqual(names);
  expect(await readdir(folder)).toEqual(['tokens.yaml']);
});

test('a token that is revoked while others are made stays revoked', async () => {
  await create('old');
  await Promise.all([...names.map(create), run('tokens', 'revoke', '--file', file, 'old')]);
  const kept = (await readTokens(file)).tokens.map(({ name }) => name);
  expect(kept.sort()).toEqual(names);
});

test('contexts that are set at the same time are all kept', async () => {
  await Promise.all(names.map((name) => run('context', 'set', name, '--api', `https://${name}`)));
  const { contexts } = JSON.parse((await run('context', 'list', '--json')).out) as {
    contexts: { name: string }[];
  };
  expect(contexts.map(({ name }) => name).sort()).toEqual(names);
});

test('a path that cannot be written is bad input, not a fault of sluice', async () => {
  file = join(folder, 'nowhere', 'tokens.yaml');
  const { code, err } = await create('a');
  expect(code).toBe(2);
  expect(err).toContain(`${file} cannot be written: ENOENT`);
  expect(err).toContain('try: Check the path and its permissions.');
});

describe('a lock that was there already', () => {
  const lock = () => `${file}.lock`;
  const heldBy = (pid: number, mark: string, host = hostname()) =>
    writeFile(lock(), JSON.stringify({ pid, mark, host, id: 'theirs' }));

  /** Waiting takes no time: the clock goes on as if it had. */
  async function change() {
    let nowMs = Date.now();
    const io = {
      replaceText,
      now: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
      },
    };
    await changeFile(file, io, async () => ({ text: 'new', result: null }));
  }

  test('is taken from a process that has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' });
    const { pid = 0, mark } = await identityOf(child.pid ?? 0);
    child.stdin.end();
    await once(child, 'exit');
    await heldBy(pid, mark);
    await change();
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['tokens.yaml']);
  });

  test.each([['by another machine'], ['before its owner was written in it']])(
    'is taken when it was left a minute ago %s',
    async (how) => {
      await (how === 'by another machine' ? heldBy(1, 'x', 'elsewhere') : writeFile(lock(), ''));
      const leftAt = new Date(Date.now() - 61_000);
      await utimes(lock(), leftAt, leftAt);
      await change();
      expect(await readFile(file, 'utf8')).toBe('new');
    },
  );

  test.each([
    ['a process that runs', hostname()],
    ['another machine, of which nothing is known', 'elsewhere'],
  ])('of %s is waited for, and never taken', async (_, host) => {
    await writeFile(file, 'old');
    const { pid, mark } = await identityOf(process.pid);
    await heldBy(pid, mark, host);
    await expect(change()).rejects.toMatchObject({
      message: `Another command is changing ${file}, and has not ended.`,
      exitCode: 2,
    });
    expect(await readFile(file, 'utf8')).toBe('old');
    await access(lock());
  });
});

test('who has lost its lock meanwhile does not undo what others did', async () => {
  const io = fakeIo({ replaceText });
  const late = changeFile(file, io, async () => {
    await writeFile(`${file}.lock`, 'theirs');
    await writeFile(file, 'theirs');
    return { text: 'mine', result: null };
  });
  await expect(late).rejects.toThrow('Another command is changing');
  expect(await readFile(file, 'utf8')).toBe('theirs');
  expect(await readFile(`${file}.lock`, 'utf8')).toBe('theirs');
});
