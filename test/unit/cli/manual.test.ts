/** The manual page and docs/cli.md have every verb and every option. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { allOf, treeOf } from '../../../src/cli/manual/tree.ts';
import { main, programOf } from '../../../src/cli/program.ts';
import { fakeIo } from './fakes.ts';

const program = treeOf(programOf(async () => {}, fakeIo(), {}));
const verbs = allOf(program).filter(({ path }) => path.length > 0 && path.at(-1) !== 'help');

async function page(): Promise<string> {
  const io = fakeIo();
  expect(await main(['man'], io)).toBe(0);
  return io.printed.out;
}

test('the manual page has every verb that does something, with its options, and the exit codes', async () => {
  const text = (await page()).replaceAll('\\-', '-');
  for (const { path, options, commands } of verbs) {
    if (commands.length > 0) continue;
    const section = text.split('.SS ').find((one) => one.startsWith(`"sluice ${path.join(' ')} `)) ?? '';
    for (const { term } of options) expect(section, path.join(' ')).toContain(`.B ${term}\n`);
  }
  expect(text).toContain('.SH EXIT STATUS');
  expect(text).toMatch(/^ +7 +the rollout that was followed was refused/m);
});

test('nothing that help says is taken for a command of roff', async () => {
  const known = /^\.(TH|SH|SS|TP|B|I|nf|fi)( |$)/;
  const lines = (await page()).split('\n');
  expect(lines.filter((line) => /^[.']/.test(line) && !known.test(line))).toEqual([]);
});

test('groff has nothing to complain of, where it is installed', async () => {
  const { error, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww'], {
    input: await page(),
    encoding: 'utf8',
  });
  expect(error === undefined ? stderr : '').toBe('');
});

const docs = readFileSync(resolve(import.meta.dirname, '../../../docs/cli.md'), 'utf8');
const rows = docs.split('\n').filter((line) => line.startsWith('| `'));
const everybodys = ['--help', '--version', '--api', '--context', '--json'];

test.each(verbs.map((one) => [one.path.join(' '), one] as const))(
  'docs/cli.md has `%s` and its options',
  (name, spec) => {
    const words = [spec.path[0] ?? '', ...spec.aliases];
    const own = rows.filter((row) => words.some((word) => new RegExp(`\`${word}[ |\\\\\`]`).test(row)));
    expect(own.join('\n')).toContain(spec.path.at(-1));
    const missing = spec.options
      .flatMap(({ names }) => names.filter((option) => option.startsWith('--')))
      .filter(
        (option) => !everybodys.includes(option) && !new RegExp(`${option}(?![a-z-])`).test(own.join('\n')),
      );
    expect(missing, name).toEqual([]);
  },
);
