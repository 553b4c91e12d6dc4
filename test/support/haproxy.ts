/** A real HAProxy on free loopback ports, with two tiny backends per target that answer with their slot. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Slot } from '../../src/domain/rollout/types.ts';
import { createRuntimeClient } from '../../src/providers/traffic/haproxy/client.ts';
import { renderHaproxyConfig, type SnippetOptions } from '../../src/providers/traffic/haproxy/config.ts';
import { writeEmptyMaps } from '../../src/providers/traffic/haproxy/maps.ts';
import { locateTools } from '../../src/stack/tools.ts';
import { end, hasEnded } from './child.ts';
import { freePorts } from './free-ports.ts';
import { freeze } from './freeze.ts';
import { waitFor } from './wait-for.ts';

/** For conversations whose time-outs are not what is tested: a busy machine may take its time. Milliseconds. */
export const patientMs = 10_000;

export interface HaproxyOptions {
  readonly targets: readonly string[];
  readonly affinity?: SnippetOptions['affinity'];
  /** `shared`: one frontend for all targets. Default: each has its own. */
  readonly frontend?: 'own' | 'shared';
  /** Default: a unix socket. */
  readonly runtime?: 'unix' | 'tcp';
  /** Name of the folder of the maps. Default: `maps`. */
  readonly mapsName?: string;
}

export interface TestHaproxy {
  readonly socket: string;
  readonly mapsDir: string;
  readonly configFile: string;
  /** Sends `count` requests to a target's frontend; returns how many each slot answered, and how many failed. */
  request(
    target: string,
    count: number,
    headers?: Record<string, string>,
  ): Promise<Record<Slot | 'failed', number>>;
  /** Answers the requests that carry the header `x-test-hold`, once there is one; none of them is answered before. */
  letGo(): Promise<void>;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: it is there, and does nothing. */
  freeze(): Promise<void>;
  thaw(): void;
  /**
   * A new process takes over the ports and the socket and lets the old one finish, as `systemctl reload` does. Resolves
   * when the new one answers and the old one takes no connections any more; requests from then on have new ones.
   */
  reload(): Promise<void>;
  portOf(target: string): number;
  /** Starts it again on the same ports and files, as a service manager would: empty maps but roles and stops. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startHaproxy(options: HaproxyOptions): Promise<TestHaproxy> {
  const { targets, affinity } = options;
  const dir = mkdtempSync(join(tmpdir(), 'sluice-haproxy-'));
  const mapsDir = join(dir, options.mapsName ?? 'maps');
  const configFile = join(dir, 'haproxy.cfg');
  const held: (() => void)[] = [];
  const backends = await Promise.all((['blue', 'green'] as const).map((slot) => startBackend(slot, held)));
  const [blue, green] = backends.map(({ port }) => `127.0.0.1:${port}`);
  const [runtimePort, ...free] = await freePorts(targets.length + 1);
  const shared = options.frontend === 'shared';
  const ports = new Map(targets.map((target, index) => [target, free[shared ? 0 : index] ?? 0]));
  const socket = options.runtime === 'tcp' ? `127.0.0.1:${runtimePort}` : join(dir, 'haproxy.sock');
  const config = renderHaproxyConfig({
    mapsDir,
    socket,
    targets: targets.map((target) => ({
      target,
      bind: `127.0.0.1:${ports.get(target)}`,
      servers: { blue: blue ?? '', green: green ?? '' },
      ...(affinity ? { affinity } : {}),
      ...(shared ? { when: `{ req.hdr(x-target) -m str ${target} }` } : {}),
    })),
  });
  writeFileSync(configFile, config);
  const newAgent = () => new Agent({ keepAlive: true, maxSockets: 16 });
  let agent = newAgent();
  const formerAgents: Agent[] = [];
  let child: ChildProcess | null = null;
  const replaced: ChildProcess[] = [];

  const launch = async (more: readonly string[]) => {
    const started = spawn(locateTools().haproxy, ['-f', configFile, '-db', '-q', ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    const killAtExit = () => started.kill('SIGKILL');
    process.once('exit', killAtExit);
    started.once('exit', () => process.removeListener('exit', killAtExit));
    let problems = '';
    started.stderr.on('data', (chunk) => {
      problems += String(chunk);
    });
    const client = createRuntimeClient(socket, 5_000);
    await waitFor('HAProxy', async () => {
      if (hasEnded(started)) throw new Error(`HAProxy ended: ${problems}`);
      const [info = ''] = await client.run(['show info']);
      // The one before may still have the socket.
      return info.includes(`Pid: ${started.pid}\n`);
    });
  };

  const haproxy: TestHaproxy = {
    socket,
    mapsDir,
    configFile,
    request: async (target, count, headers = {}) => {
      const answers = { blue: 0, green: 0, failed: 0 };
      const one = async () => {
        answers[await ask(agent, ports.get(target) ?? 0, { ...headers, 'x-target': target })] += 1;
      };
      for (let left = count; left > 0; left -= 16) {
        await Promise.all(Array.from({ length: Math.min(16, left) }, one));
      }
      return answers;
    },
    letGo: async () => {
      // HAProxy counts a request before it has reached its server.
      await waitFor('a request that is held', () => held.length > 0);
      for (const answer of held.splice(0)) answer();
    },
    kill: async () => {
      const dying = child;
      child = null;
      if (dying) await end(dying, 'SIGKILL');
    },
    freeze: async () => {
      if (child !== null) await freeze(child);
    },
    thaw: () => void child?.kill('SIGCONT'),
    portOf: (target) => ports.get(target) ?? 0,
    restart: async () => {
      writeEmptyMaps(mapsDir);
      await launch([]);
    },
    reload: async () => {
      const old = child;
      if (old) replaced.push(old);
      await launch(old?.pid === undefined ? [] : ['-sf', String(old.pid)]);
      // Until the old one has heeded its signal both are given connections.
      const all = [...new Set(ports.values())];
      await waitFor('the old one to let the ports go', () => all.every((port) => listenersOn(port) <= 1));
      formerAgents.push(agent);
      agent = newAgent();
    },
    stop: async () => {
      await haproxy.kill();
      for (const old of replaced) old.kill('SIGKILL');
      for (const one of [...formerAgents, agent]) one.destroy();
      for (const { server } of backends) {
        server.closeAllConnections();
        server.close();
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
  await haproxy.restart();
  return haproxy;
}

async function startBackend(slot: Slot, held: (() => void)[]): Promise<{ server: Server; port: number }> {
  const server = createServer(({ headers }, response) => {
    const answer = () => void response.end(slot);
    if (headers['x-test-hold'] === undefined) answer();
    else held.push(answer);
  });
  return { server, port: await listening(server) };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** How many sockets take connections to the port; 0 where the system does not tell. */
function listenersOn(port: number): number {
  const table = '/proc/net/tcp';
  if (!existsSync(table)) return 0;
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  return readFileSync(table, 'utf8').split(address).length - 1;
}

function ask(agent: Agent, port: number, headers: Record<string, string>): Promise<Slot | 'failed'> {
  return new Promise((resolve) => {
    get({ agent, host: '127.0.0.1', port, headers, timeout: 2_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve(body === 'blue' || body === 'green' ? body : 'failed'));
    }).on('error', () => resolve('failed'));
  });
}
