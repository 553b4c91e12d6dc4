/** How much of the machine each process of a bench has used: this one, and all that it has started. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Linux counts in hundredths of a second. */
const msPerTick = 10;

/** Milliseconds of a processor by the processes' names; those of the same name are added up. */
export type ProcessorTime = ReadonlyMap<string, number>;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ms: number;
}

export function processorTime(): ProcessorTime {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(Number(pid)));
  const times = new Map<string, number>();
  for (const { pid, ms } of familyOf(process.pid, all)) {
    const name = nameOf(pid);
    times.set(name, (times.get(name) ?? 0) + ms);
  }
  return times;
}

/** What was used between the two, by those that used any; most first. */
export function usedBetween(before: ProcessorTime, after: ProcessorTime): Record<string, number> {
  const used = [...after].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(used.filter(([, ms]) => ms > 0).sort(([, a], [, b]) => b - a));
}

function familyOf(root: number, all: readonly Process[]): Process[] {
  const children = all.filter(({ parent }) => parent === root).flatMap(({ pid }) => familyOf(pid, all));
  return [...all.filter(({ pid }) => pid === root), ...children];
}

/** Nothing: it has ended meanwhile. */
function readProcess(pid: number): Process[] {
  const stat = read(pid, 'stat');
  // The program's name stands in parentheses, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 13) return [];
  return [{ pid, parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * msPerTick }];
}

/** Of a Node process the script's folder, such as `worker`; else the program. */
function nameOf(pid: number): string {
  if (pid === process.pid) return 'bench';
  const [program = '', ...args] = read(pid, 'cmdline').split('\0');
  const script = args.find((arg) => arg.endsWith('main.js'));
  return script === undefined ? basename(program) : basename(dirname(script));
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
