/** `npm run bench -- <name> [args]`: compiles the benchmarks in bench/ and runs one; without a name, lists them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { compile, inForeground } from './lib/compiled.mjs';
import { Failure } from './lib/failure.mjs';
import { root, sluiceDir } from './lib/paths.mjs';
import { runAsScript } from './lib/run.mjs';
import { asksForHelp, refuseUnknown, usageOf } from './lib/usage.mjs';
import { setUp } from './setup.mjs';

const outDir = join(sluiceDir, 'bench');

await runAsScript(import.meta.url, async () => {
  const [name, ...args] = process.argv.slice(2);
  const names = benches();
  if (name === undefined || asksForHelp([name])) {
    console.log(
      `Benchmarks: ${names.join(', ') || 'none yet'}. Run one with: npm run bench -- <name>; <name> --help explains it.`,
    );
    return 0;
  }
  if (!names.includes(name))
    throw new Failure(`There is no benchmark "${name}"; there are: ${names.join(', ')}.`);
  const usage = usageOf(`bench/${name}.ts`);
  if (asksForHelp(args)) {
    console.log(usage);
    return 0;
  }
  refuseUnknown(args, usage);
  await setUp();
  await build();
  await compile('tsconfig.bench.json');
  return inForeground([join(outDir, 'bench', `${name}.js`), ...args]);
});

/** Each file directly in bench/ is one; what they share lies in folders below it. */
function benches() {
  const folder = join(root, 'bench');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
}
