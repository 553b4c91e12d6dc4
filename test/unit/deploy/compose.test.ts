/**
 * docker-compose.yml against the code: what it sets is read, what it mounts is there, and its parts find each other.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { temporalServer } from '../../../scripts/pins.mjs';
import { bindAddressOf, undefended } from '../../../src/api/bind.ts';
import { parsePlanText } from '../../../src/domain/plan/schema.ts';
import { environmentNames, parseConfig } from '../../../src/providers/config.ts';
import { createRegistry } from '../../../src/providers/registry.ts';
import { renderHaproxyConfig } from '../../../src/providers/traffic/haproxy/config.ts';
import { repoRoot } from '../../../src/stack/tools.ts';

const root = repoRoot();
const folder = join(root, 'deploy/compose');
const text = (path: string) => readFileSync(join(root, path), 'utf8');

const service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  network_mode: z.string().optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  profiles: z.array(z.string()).default([]),
});
const file = z
  .object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.unknown()) })
  .parse({ ...parse(text('docker-compose.yml'), { merge: true }) });
const manifest = z.object({ version: z.string() }).parse(JSON.parse(text('package.json')));
const ours = Object.entries(file.services).filter(([, { image }]) => image.includes('sluice'));
const config = parseConfig(parse(text('deploy/compose/sluice.yaml')), { env: {} });
const haproxy = z.object({ socket: z.string(), mapsDir: z.string() }).parse(config.traffic.haproxy?.settings);
const mounted = (name: string) => file.services[name]?.volumes.map((volume) => volume.split(':').slice(0, 2));

describe('docker-compose.yml', () => {
  it('runs every part of Sluice with a command that the image has', () => {
    const known = ['worker', 'api', 'guard', 'shop', 'load'];
    const commands = ours.filter(([name]) => name !== 'maps').map(([, { command }]) => command[0]);
    expect(new Set(commands)).toEqual(new Set(known));
  });

  it('names every image by a version, and runs the Temporal that tests run', () => {
    const images = Object.values(file.services).map(({ image }) => image.replace(/\$\{\w+:-(.*?)\}/, '$1'));
    expect(images.filter((image) => !/:v?\d/.test(image))).toEqual([]);
    const { version, ui } = temporalServer;
    const ofTemporal = new Set(images.filter((image) => image.startsWith('temporalio/')));
    const parts = [`admin-tools:${version}`, `server:${version}`, `ui:${ui}`];
    expect(ofTemporal).toEqual(new Set(parts.map((part) => `temporalio/${part}`)));
    expect(images).toContain(`sluice:${manifest.version}`);
  });

  it('sets only variables that the code reads', () => {
    const set = ours.flatMap(([, { environment }]) => Object.keys(environment));
    expect(set.filter((name) => !environmentNames.includes(name))).toEqual([]);
  });

  it('mounts only files that are there, and volumes that it declares', () => {
    const sources = Object.values(file.services).flatMap(({ volumes }) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const paths = sources.filter((source) => source.startsWith('./'));
    expect(paths.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
    const named = sources.filter((source) => !/^[.$]/.test(source));
    expect(new Set(named)).toEqual(new Set(Object.keys(file.volumes)));
  });

  it('waits only for services that are there', () => {
    const names = Object.keys(file.services);
    const waits = Object.values(file.services).flatMap((one) => Object.keys(one.depends_on));
    expect(waits.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('publishes on the loopback of the host only', () => {
    const ports = Object.values(file.services).flatMap((one) => one.ports);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('runs ours read only and as the image’s user, but for what makes the volume', () => {
    expect(ours.filter(([, one]) => one.read_only !== true).map(([name]) => name)).toEqual([]);
    expect(ours.filter(([, { user }]) => user !== undefined).map(([name]) => name)).toEqual(['maps']);
  });

  it('keeps the API on loopback, with the door in its network', () => {
    expect(bindAddressOf(config.api.host, undefended)).toBe('127.0.0.1');
    expect(file.services.door?.network_mode).toBe('service:api');
    const door = text('deploy/compose/door.cfg');
    expect(door).toContain(`server api 127.0.0.1:${config.api.port}`);
    const [, port] = /bind :(\d+)/.exec(door) ?? [];
    expect(file.services.api?.ports).toEqual([`127.0.0.1:${config.api.port}:${port}`]);
  });

  it('gives worker, API and HAProxy the same folder of maps and socket', () => {
    const { socket, mapsDir } = haproxy;
    for (const name of ['worker', 'api', 'haproxy', 'maps']) {
      expect(mounted(name)).toContainEqual(['haproxy', '/run/haproxy']);
    }
    expect([socket, mapsDir].every((path) => path.startsWith('/run/haproxy/'))).toBe(true);
    expect(file.services.maps?.command[0]).toBe(mapsDir);
  });

  it('has the HAProxy configuration that the code renders; SLUICE_UPDATE_DOCS=1 with this test writes it', () => {
    const rendered = renderHaproxyConfig({
      ...haproxy,
      statsBind: '*:8404',
      targets: [
        {
          target: 'demo/shop',
          bind: '*:8088',
          servers: { blue: 'shop-blue:8080', green: 'shop-green:8080' },
        },
      ],
    });
    const path = join(folder, 'haproxy.cfg');
    if (process.env.SLUICE_UPDATE_DOCS === '1') writeFileSync(path, rendered);
    expect(readFileSync(path, 'utf8')).toBe(rendered);
  });

  it('has a plan for the demo that its configuration takes', () => {
    const { catalogue } = createRegistry(config);
    const result = parsePlanText(text('deploy/compose/plan.yaml'), catalogue);
    expect(result).toMatchObject({ ok: true, warnings: [] });
  });

  it('scrapes addresses that somebody listens on', () => {
    const { scrape_configs: jobs } = parse(text('deploy/compose/prometheus.yaml'));
    const targets = jobs.flatMap((job: { static_configs: { targets: string[] }[] }) =>
      job.static_configs.flatMap((each) => each.targets),
    );
    expect(targets).toEqual([
      'shop-blue:8080',
      'shop-green:8080',
      'haproxy:8404',
      `worker:${config.worker.metricsPort}`,
    ]);
    expect(config.worker.host).toBe('0.0.0.0');
  });
});
