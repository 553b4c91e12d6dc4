/** Where the local stack keeps its files: all under `.sluice`, so that deleting the folder undoes everything. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Layout {
  readonly root: string;
  /** Logs of every component. */
  readonly logs: string;
  /** What holds only while the stack runs: rendered configurations, sockets, process ids. */
  readonly run: string;
  /** What outlives the stack: Temporal's database, metrics, the slots' versions, HAProxy's maps. */
  readonly data: string;
  readonly pids: string;
  /** Tells the CLI where the API is. */
  readonly stackFile: string;
  readonly sluiceConfig: string;
  readonly haproxyConfig: string;
  readonly haproxyMaps: string;
  readonly haproxySocket: string;
  readonly prometheusConfig: string;
  readonly slots: string;
  /** Bundles of rollouts' evidence. */
  readonly evidence: string;
}

/** A unix socket's path may not be longer than about a hundred characters on any system. */
const longestSocketPath = 95;

/** `home` is where `.sluice` lies. Default: `root`. */
export function layoutOf(root: string, home: string = root): Layout {
  const folder = (name: string) => join(home, '.sluice', name);
  const [logs, run, data] = [folder('logs'), folder('run'), folder('data')];
  const socket = join(run, 'haproxy.sock');
  return {
    root,
    logs,
    run,
    data,
    pids: join(run, 'pids.json'),
    stackFile: join(run, 'stack.json'),
    sluiceConfig: join(run, 'sluice.yaml'),
    haproxyConfig: join(run, 'haproxy.cfg'),
    haproxyMaps: join(data, 'haproxy'),
    haproxySocket: socket.length <= longestSocketPath ? socket : join(shortFolder(home), 'haproxy.sock'),
    prometheusConfig: join(run, 'prometheus.yaml'),
    slots: join(data, 'slots'),
    evidence: join(data, 'evidence'),
  };
}

export function createFolders(layout: Layout): void {
  for (const folder of [layout.logs, layout.run, layout.data, layout.haproxyMaps, layout.slots]) {
    mkdirSync(folder, { recursive: true });
  }
  mkdirSync(dirname(layout.haproxySocket), { recursive: true, mode: 0o700 });
}

/** Takes away what lies outside `.sluice`; only once nothing of the stack runs. */
export function removeOutside(layout: Layout): void {
  const folder = dirname(layout.haproxySocket);
  if (folder !== layout.run) rmSync(folder, { recursive: true, force: true });
}

function shortFolder(home: string): string {
  const key = createHash('sha256').update(home).digest('hex').slice(0, 12);
  return join(tmpdir(), `sluice-${process.getuid?.() ?? 0}-${key}`);
}
