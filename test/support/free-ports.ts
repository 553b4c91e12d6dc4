/**
 * Ports for servers that a test starts. Each lane of the run has a range of its own, so that files side by side never
 * meet.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { portProblem, portsFrom } from '../../src/stack/ports.ts';

/** Below the range that systems give to outgoing connections, one of which would take a port that is free just now. */
const lowest = 12_000;
const ofEachLane = 2_000;
const lanes = 10;
/** A stack's ports are counted from one on. */
const ofEachStack = 20;

const lane = Number(process.env.VITEST_POOL_ID ?? 0) % lanes;
// Another run on this machine, or the file before, may still have some.
let next = Math.floor(Math.random() * ofEachLane);

export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; found.length < count; tries++) {
    if (tries > ofEachLane)
      throw new Error(`no ${count} ports are free from ${lowest + lane * ofEachLane} on`);
    const port = lowest + lane * ofEachLane + (next++ % ofEachLane);
    if (await isFree(port)) found.push(port);
  }
  return found;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** For `--port-base` and what stands for it. */
export async function freePortBase(): Promise<number> {
  for (let tries = 0; tries < ofEachLane; tries += ofEachStack) {
    const offset = next % ofEachLane;
    next += ofEachStack;
    const base = lowest + lane * ofEachLane + offset;
    const fits = offset + ofEachStack <= ofEachLane;
    if (fits && (await portProblem(portsFrom(base))) === null) return base;
  }
  throw new Error(`no ${ofEachStack} ports in a row are free from ${lowest + lane * ofEachLane} on`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}
