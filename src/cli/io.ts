/** Everything that a verb touches outside itself, so that tests can hand it something else. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
}

export interface Io {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly fetch: typeof fetch;
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A file, or standard input for `-`. */
  readText(path: string): Promise<string>;
  /** Replaces what the file held. Its folder must be there. */
  writeText(path: string, text: string): Promise<void>;
  /** Makes the folder, if it is not there, in one that is. */
  makeFolder(path: string): Promise<void>;
  /** As `writeText`, in one step: whoever reads it sees the old or the new. Only its owner may. */
  replaceText(path: string, text: string): Promise<void>;
  /** Whether somebody is there to answer. */
  readonly canAsk: boolean;
  /** One line from standard input; empty when it ends. */
  ask(question: string): Promise<string>;
  /** Calls for each key that is pressed, Ctrl-C too, until what it returns is called; without a keyboard never. */
  keys(onKey: (key: string) => void): () => void;
  /** Calls when the terminal has become another size, until what it returns is called. */
  resized(onResize: () => void): () => void;
  /**
   * Aborts at Ctrl-C, and where the reader of the output has gone, for the reason that `isClosedPipe` knows. Until it is
   * asked for, Ctrl-C simply ends the process.
   */
  interrupted(): AbortSignal;
}

/** The output's reader has seen enough, as `| head` has. */
export function isClosedPipe(reason: unknown): boolean {
  return reason instanceof Error && 'code' in reason && reason.code === 'EPIPE';
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch((error: unknown) => {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    // A file of that name is told by the first write into it.
    if (!isThere) throw error;
  });
}

async function replaceText(path: string, content: string): Promise<void> {
  const next = `${path}.${process.pid}.tmp`;
  await writeFile(next, content, { mode: 0o600 });
  await rename(next, path);
}

export function processIo(): Io {
  let interrupt: AbortController | undefined;
  // A reader that has seen enough (`| head`) is no error; who follows a rollout stops, the stack does not.
  process.stdout.on('error', (error) => interrupt?.abort(error));
  return {
    out: outputOf(process.stdout),
    err: outputOf(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    fetch: (input, init) => fetch(input, init),
    now: () => Date.now(),
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, signal ? { signal } : {});
    },
    readText: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
    writeText: (path, content) => writeFile(path, content),
    makeFolder,
    replaceText,
    canAsk: process.stdin.isTTY === true,
    ask: askOnTerminal,
    keys: keysOfTerminal,
    resized: (onResize) => {
      process.stdout.on('resize', onResize);
      return () => void process.stdout.off('resize', onResize);
    },
    interrupted: () => {
      interrupt ??= abortAtInterrupt();
      return interrupt.signal;
    },
  };
}

async function askOnTerminal(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve) => {
      lines.once('close', () => resolve(''));
      lines.question(question, resolve);
    });
  } finally {
    lines.close();
  }
}

function keysOfTerminal(onKey: (key: string) => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const listener = (bytes: Buffer) => {
    for (const key of keysIn(bytes.toString())) onKey(key);
  };
  stdin.setRawMode(true).resume().on('data', listener);
  return () => {
    stdin.off('data', listener).setRawMode(false).pause();
  };
}

/** Keys that are held down come several at a time; those of arrows and pages are several characters each. */
export function keysIn(text: string): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are control characters.
  return text.match(/\u001b\[\d*[~A-Z]|\u001bO[A-Z]|[\s\S]/g) ?? [];
}

function abortAtInterrupt(): AbortController {
  const controller = new AbortController();
  // Only the first: a second Ctrl-C ends the process the hard way.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller;
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      // A terminal that nobody has told its size says 0.
      return stream.columns || 100;
    },
    get rows() {
      return stream.rows || 40;
    },
  };
}
