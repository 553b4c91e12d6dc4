/** What the image runs: `worker`, `api`, `guard`, the demo's `shop` and `load`, or else a verb of the command line. */
import process from 'node:process';

const programs = {
  worker: '../dist/worker/main.js',
  api: '../dist/api/main.js',
  guard: '../dist/guard/main.js',
  shop: '../dist/demo/shop.js',
  load: '../dist/demo/load.js',
};

const named = Object.entries(programs).find(([name]) => name === process.argv[2]);
// The program reads its own arguments, without its name.
if (named !== undefined) process.argv.splice(2, 1);
await import(named === undefined ? './sluice.mjs' : named[1]);
