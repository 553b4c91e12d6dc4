#!/usr/bin/env node
/** The command `sluice`: runs what the build made of src/cli. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/cli/main.js', import.meta.url);

if (existsSync(fileURLToPath(main))) {
  await import(main.href);
} else {
  console.error('Sluice is not built yet: run "npm start" or "npm run build" first.');
  process.exitCode = 1;
}
