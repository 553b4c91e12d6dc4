/** `npm run dev`: the stack with the demo, built and started anew whenever a file under src changes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { messageOf } from './lib/failure.mjs';
import { distDir, root } from './lib/paths.mjs';
import { runAsScript } from './lib/run.mjs';
import { say } from './lib/say.mjs';
import { setUp } from './setup.mjs';

// An editor or a branch change writes several files: one build for all of them.
const SETTLE_MS = 300;

await runAsScript(import.meta.url, async () => {
  await setUp({ forTests: false });
  await build();
  let stack = startStack();
  let stopping = false;
  let turn = Promise.resolve();
  /** @type {NodeJS.Timeout | undefined} */
  let settling;
  const watcher = watch(join(root, 'src'), { recursive: true }, () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      turn = turn.then(rebuild);
    }, SETTLE_MS);
  });

  async function rebuild() {
    try {
      await build();
    } catch (error) {
      say('dev', `${messageOf(error)} The stack runs on with the code before.`);
      return;
    }
    if (stopping) return;
    await stopStack(stack);
    stack = startStack();
  }

  const signal = await firstSignal();
  stopping = true;
  clearTimeout(settling);
  watcher.close();
  await turn;
  await stopStack(stack, signal);
});

function startStack() {
  const args = [join(distDir, 'cli', 'main.js'), 'up', '--demo', ...process.argv.slice(2)];
  return spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
}

/** @param {import('node:child_process').ChildProcess} stack @param {NodeJS.Signals} [signal] */
async function stopStack(stack, signal = 'SIGTERM') {
  if (stack.exitCode !== null || stack.signalCode !== null) return;
  const ended = once(stack, 'exit');
  // A terminal has sent Ctrl-C to the stack already.
  if (signal !== 'SIGINT' || !process.stdin.isTTY) stack.kill(signal);
  await ended;
}

/** @returns {Promise<NodeJS.Signals>} */
function firstSignal() {
  return new Promise((resolve) => {
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, () => resolve(signal));
  });
}
