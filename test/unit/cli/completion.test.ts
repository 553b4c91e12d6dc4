/** `sluice completion`: what a real bash and a real fish make of it, and the names that it asks the API for. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../../src/cli/program.ts';
import { locateTools } from '../../../src/stack/tools.ts';
import { summaryOf } from '../api/board/rows.ts';
import { failing } from '../api/fakes.ts';
import { fakeIo, sluice } from './fakes.ts';

const run = promisify(execFile);

/** Says what it was asked, so that a test sees it. */
const fakeSluice = `#!/bin/sh
shift
case "$1" in targets) echo demo/shop; echo prod/cart ;; contexts) echo near; echo far ;; esac
shift
[ $# -gt 0 ] && echo "asked:$*"
exit 0
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-completion-'));
  await writeFile(join(folder, 'sluice'), fakeSluice, { mode: 0o755 });
  await writeFile(join(folder, 'complete.bash'), await scriptFor('bash'));
  await mkdir(join(folder, 'plans'));
  await writeFile(join(folder, 'plans', 'good plan.yaml'), '');
});
afterAll(() => rm(folder, { recursive: true }));

async function scriptFor(shell: string): Promise<string> {
  const io = fakeIo();
  expect(await main(['completion', shell], io)).toBe(0);
  return io.printed.out;
}

/** What bash offers for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const body = `set -u; source ./complete.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sluice
printf "%s\\n" \${COMPREPLY[@]+"\${COMPREPLY[@]}"}`;
  const env = { PATH: `${folder}${delimiter}${process.env.PATH}` };
  const { stdout, stderr } = await run('bash', ['--norc', '-c', body, 'bash', 'sluice', ...words], {
    cwd: folder,
    env,
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

test('verbs, and the verbs below a verb', async () => {
  expect(await offered('wat')).toEqual(['watch']);
  expect(await offered('')).toEqual(
    expect.arrayContaining(['start', 'lint', 'top', 'doctor', 'evidence', 'help']),
  );
  expect(await offered('evidence', '')).toEqual(expect.arrayContaining(['get', 'verify', 'hold']));
  expect(await offered('evidence', '')).not.toContain('watch');
});

test('options of the verb at hand only', async () => {
  expect(await offered('list', '--ph')).toEqual(['--phase']);
  expect(await offered('top', '--ph')).toEqual([]);
  expect(await offered('evidence', 'get', '--o')).toEqual(['--out']);
  expect(await offered('lint', '--st')).toEqual(['--strict']);
});

test('the choices of an option, also after = and after other values that look like verbs', async () => {
  expect(await offered('list', '--outcome', 'r')).toEqual(['rolled-back', 'refused']);
  expect(await offered('list', '--outcome', '=', 'p')).toEqual(['promoted']);
  expect(await offered('list', '--outcome', '=')).toContain('promoted');
  expect(await offered('list', '--environment', 'watch', '--outcome', 'p')).toEqual(['promoted']);
});

test('targets and contexts, of the API that the line names', async () => {
  expect(await offered('watch', 'de')).toEqual(['demo/shop']);
  expect(await offered('watch', 'demo/shop', '')).toEqual([]);
  expect(await offered('list', '--context', 'n')).toEqual(['near']);
  expect(await offered('context', 'use', '')).toEqual(['near', 'far']);
  expect(await offered('watch', '--context', 'near', 'asked')).toEqual(['asked:--context near']);
});

test('files where a file is meant, blanks and all', async () => {
  expect(await offered('start', 'plans/g')).toEqual(['plans/good plan.yaml']);
  expect(await offered('evidence', 'verify', 'plans/g')).toEqual(['plans/good plan.yaml']);
  expect(await offered('list', '--environment', 'pl')).toEqual([]);
});

test('what may come several times is offered again', async () => {
  expect(await offered('evidence', 'verify', 'demo/shop', 'prod')).toEqual(['prod/cart']);
});

test('zsh runs what is written for bash; fish has its own, with what each word means', async () => {
  expect(await scriptFor('zsh')).toContain('bashcompinit');
  const fish = await scriptFor('fish');
  expect(fish).toContain(`-n '__sluice_at "list"' -l outcome`);
  expect(fish).toMatch(/__sluice_at "watch"' -a '\(__sluice_names targets\)'/);
  expect(fish).toContain("(default: the plan\\'s)");
});

test('fish offers verbs, values, and targets of the API of the line', async () => {
  await writeFile(join(folder, 'complete.fish'), await scriptFor('fish'));
  const { fish } = locateTools();
  if (fish === null) throw new Error('fish is missing: run "npm run setup"');
  const ask = async (line: string) => {
    const env = { PATH: `${folder}${delimiter}${process.env.PATH}`, HOME: folder };
    const script = `source ./complete.fish; complete -C '${line}'`;
    const { stdout, stderr } = await run(fish, ['--no-config', '-c', script], { cwd: folder, env });
    expect(stderr).toBe('');
    return stdout.split('\n').map((offer) => offer.split('\t')[0]);
  };
  expect(await ask('sluice wat')).toContain('watch');
  expect(await ask('sluice list --outcome ')).toContain('promoted');
  expect(await ask('sluice watch --context near ')).toContain('asked:--context near');
});

test('targets are those of the API, each once', async () => {
  const list = async () => ({
    rollouts: [
      summaryOf({ service: 'shop' }),
      summaryOf({ service: 'cart' }),
      summaryOf({ service: 'shop' }),
    ],
    next: null,
  });
  // On a busy machine an answer may be there only when nobody waits for a key any more.
  const io = fakeIo({ fetch: (input, init) => fetch(input, { ...init, signal: null }) });
  expect(await sluice(['completion', 'targets'], { list }, io)).toMatchObject({
    code: 0,
    out: 'demo/cart\ndemo/shop\n',
    err: '',
  });
});

test('an API that refuses or is away offers nothing, and says nothing', async () => {
  const list = failing('temporal-unavailable', 'Temporal is away.');
  expect(await sluice(['completion', 'targets'], { list })).toMatchObject({ code: 0, out: '', err: '' });
  const io = fakeIo();
  expect(await main(['completion', 'targets', '--api', 'nonsense'], io)).toBe(0);
  expect(io.printed).toEqual({ out: '', err: '' });
});

test('an API that hangs is not waited for longer than a second', async () => {
  const io = fakeIo({
    fetch: (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))),
  });
  expect(await main(['completion', 'targets', '--api', 'http://127.0.0.1:1'], io)).toBe(0);
  expect(io.printed).toEqual({ out: '', err: '' });
});

test('a shell that is not known is bad input', async () => {
  expect(await main(['completion', 'tcsh'], fakeIo())).toBe(2);
});
