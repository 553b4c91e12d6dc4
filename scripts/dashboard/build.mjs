/**
 * Builds the dashboard into dist/dashboard, each file compressed beside itself, so that the API need not do it for each
 * viewer.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { runAsScript } from '../lib/run.mjs';
import { options } from './options.mjs';

await runAsScript(import.meta.url, async () => {
  await build(options);
  const folder = options.build?.outDir ?? '';
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (/\.(html|js|css|svg)$/.test(name)) compress(join(folder, name));
  }
});

/** @param {string} file */
function compress(file) {
  const content = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}
