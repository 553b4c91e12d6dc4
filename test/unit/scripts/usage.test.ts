/** What benches, chaos and the fuzzer say of their options is all that they have. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asksForHelp, refuseUnknown, usageOf } from '../../../scripts/lib/usage.mjs';
import { repoRoot } from '../../../src/stack/tools.ts';

const benches = readdirSync(join(repoRoot(), 'bench')).filter((name) => name.endsWith('.ts'));
const programs = [...benches.map((name) => `bench/${name}`), 'test/chaos/main.ts', 'test/fuzz/main.ts'];

describe('the usage of a program', () => {
  it.each(programs)('%s names every option', (file) => {
    const source = readFileSync(join(repoRoot(), file), 'utf8');
    const options = [...source.matchAll(/^ {4}'?([a-z-]+)'?: \{.*type: '/gm)].map(([, name = '']) => name);
    const inOneLine = [...source.matchAll(/options: \{ (.*) \},?$/gm)].flatMap(([, text = '']) =>
      [...text.matchAll(/([a-z-]+): \{/g)].map(([, name = '']) => name),
    );
    const all = [...options, ...inOneLine];
    expect(all.length).toBeGreaterThan(0);
    const usage = usageOf(file);
    for (const name of all) expect(usage).toContain(`--${name}`);
    expect(usage).toContain('npm run ');
    expect(() => refuseUnknown(['--runz', '3'], usage)).toThrow(/no option --runz.*npm run /s);
    expect(() => refuseUnknown([...all.map((name) => `--${name}`), '--'], usage)).not.toThrow(
      /no option --\w/,
    );
  });

  it('is asked for in two ways', () => {
    expect([['--help'], ['-h'], ['--runs', '1']].map(asksForHelp)).toEqual([true, true, false]);
  });
});
