/** Which port the local stack uses for what: all derive from one base, so that two stacks can stand side by side. */
import { createServer } from 'node:net';

const defaultPortBase = 7200;

/** Offset from the base and who needs the port, in words for people. */
const table = {
  shop: [0, 'the shop (HAProxy)'],
  api: [1, "Sluice's API"],
  temporal: [2, 'Temporal'],
  temporalUi: [3, "Temporal's UI"],
  prometheus: [4, 'Prometheus'],
  haproxyStats: [5, "HAProxy's metrics"],
  load: [6, "the load generator's books"],
  temporalHttp: [7, "Temporal's HTTP API"],
  temporalMetrics: [8, "Temporal's metrics"],
  workerMetrics: [9, "the worker's metrics"],
  blue: [11, 'the shop in slot blue'],
  green: [12, 'the shop in slot green'],
} as const satisfies Record<string, readonly [number, string]>;

type PortName = keyof typeof table;
export type Ports = Readonly<Record<PortName, number>>;

const highestOffset = 12;
const lowestBase = 1024;
const highestBase = 65_535 - highestOffset;

export const portBaseRule = `must be a whole number from ${lowestBase} to ${highestBase}`;

/** Leaves room for all ports, and needs no privileges. */
export function isPortBase(base: number): boolean {
  return Number.isInteger(base) && base >= lowestBase && base <= highestBase;
}

/** @throws Error if the base leaves no room, or would need privileges. */
export function portsFrom(base: number = defaultPortBase): Ports {
  if (!isPortBase(base)) throw new Error(`--port-base ${portBaseRule}, not ${base}.`);
  const port = (name: PortName) => base + table[name][0];
  return {
    shop: port('shop'),
    api: port('api'),
    temporal: port('temporal'),
    temporalUi: port('temporalUi'),
    prometheus: port('prometheus'),
    haproxyStats: port('haproxyStats'),
    load: port('load'),
    temporalHttp: port('temporalHttp'),
    temporalMetrics: port('temporalMetrics'),
    workerMetrics: port('workerMetrics'),
    blue: port('blue'),
    green: port('green'),
  };
}

/** What is wrong with the ports, in words with a way out; null: all are free. */
export async function portProblem(ports: Ports): Promise<string | null> {
  const names = Object.keys(table) as PortName[];
  const free = await Promise.all(names.map((name) => isFree(ports[name])));
  const taken = names.filter((_, index) => !free[index]);
  if (taken.length === 0) return null;
  const listed = taken.map((name) => `  port ${ports[name]}, needed for ${table[name][1]}`).join('\n');
  const next = isPortBase(ports.shop + 100) ? ports.shop + 100 : defaultPortBase;
  return `Another program uses ${taken.length === 1 ? 'a port' : 'ports'} that the stack needs:\n${listed}\nEnd that program, or choose other ports: --port-base ${next}`;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
