/** The ways in which a HAProxy may be set up and reached. */
import { execFile } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { createRuntimeClient } from '../../../src/providers/traffic/haproxy/client.ts';
import { renderTargetSnippet } from '../../../src/providers/traffic/haproxy/config.ts';
import { haproxy as haproxyType } from '../../../src/providers/traffic/haproxy.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { locateTools } from '../../../src/stack/tools.ts';
import { type HaproxyOptions, patientMs, startHaproxy, type TestHaproxy } from '../../support/haproxy.ts';
import { waitFor } from '../../support/wait-for.ts';

const of = (id: string) => ({ id, options: {} });

describe('a haproxy', () => {
  let haproxy: TestHaproxy | null = null;
  afterEach(async () => {
    await haproxy?.stop();
    haproxy = null;
  });

  async function start(options: HaproxyOptions, settings: Record<string, unknown> = {}) {
    const started = await startHaproxy(options);
    haproxy = started;
    const { socket, mapsDir } = started;
    const provider = haproxyType.create({ socket, mapsDir, timeoutMs: patientMs, ...settings });
    return { haproxy: started, provider };
  }

  async function canary(provider: TrafficProvider, id: string, weightPercent: number): Promise<void> {
    await provider.prepare(of(id), 1);
    await provider.setRoute(of(id), { weightPercent, match: null }, 1);
    await provider.renew(of(id), 1, Date.now() + 120_000);
  }

  it('with two targets in one frontend keeps their shares apart', async () => {
    const targets = ['test/one', 'test/two'];
    const { haproxy, provider } = await start({ targets, frontend: 'shared' });
    await canary(provider, 'test/two', 100);
    expect(await haproxy.request('test/one', 30)).toEqual({ blue: 30, green: 0, failed: 0 });
    expect(await haproxy.request('test/two', 30)).toEqual({ blue: 0, green: 30, failed: 0 });
    await provider.setStable(of('test/one'), 'green', 1);
    expect(await haproxy.request('test/one', 30)).toEqual({ blue: 0, green: 30, failed: 0 });
  });

  it('that is reached over TCP, and has a space in the name of its maps, is served all the same', async () => {
    const { haproxy, provider } = await start({
      targets: ['test/shop'],
      runtime: 'tcp',
      mapsName: 'my maps',
    });
    await canary(provider, 'test/shop', 100);
    expect((await haproxy.request('test/shop', 20)).green).toBe(20);
    await provider.setStable(of('test/shop'), 'green', 2);
    expect(readFileSync(join(haproxy.mapsDir, 'roles.map'), 'utf8')).toBe('test/shop green\n');
  });

  it('whose files are out of reach is promoted without them when the operator says so', async () => {
    const { haproxy, provider } = await start({ targets: ['test/shop'] }, { persistRoles: false });
    rmSync(haproxy.mapsDir, { recursive: true });
    await provider.setStable(of('test/shop'), 'green', 1);
    expect((await haproxy.request('test/shop', 20)).green).toBe(20);
    const { socket, mapsDir } = haproxy;
    const strict = haproxyType.create({ socket, mapsDir, timeoutMs: patientMs });
    await expect(strict.setStable(of('test/shop'), 'blue', 2)).rejects.toMatchObject({
      code: 'traffic-unready',
      message: expect.stringContaining('persistRoles'),
    });
  });

  it('whose disk is full is steered all the same: each change is in force, and the error says what a restart would forget', async () => {
    const { haproxy, provider } = await start({ targets: ['test/shop'] });
    await canary(provider, 'test/shop', 100);
    const before = readdirSync(haproxy.mapsDir).sort();
    const roles = readFileSync(join(haproxy.mapsDir, 'roles.map'), 'utf8');
    // Whatever is written to it meets ENOSPC.
    const fill = (map: string) =>
      symlinkSync('/dev/full', join(haproxy.mapsDir, `${map}.map.${process.pid}.tmp`));
    const full = { code: 'traffic-unready', message: expect.stringMatching(/HAProxy has it, but.*ENOSPC/) };

    fill('stop');
    await expect(provider.stop(of('test/shop'))).rejects.toMatchObject(full);
    expect(await haproxy.request('test/shop', 20)).toEqual({ blue: 20, green: 0, failed: 0 });
    await provider.restore(of('test/shop'), 2);
    expect(await provider.read(of('test/shop'))).toMatchObject({ stopped: true, weightPercent: 0 });
    fill('roles');
    await expect(provider.setStable(of('test/shop'), 'green', 3)).rejects.toMatchObject(full);
    expect(await haproxy.request('test/shop', 20)).toEqual({ blue: 0, green: 20, failed: 0 });

    expect(readdirSync(haproxy.mapsDir).sort()).toEqual(before);
    expect(readFileSync(join(haproxy.mapsDir, 'roles.map'), 'utf8')).toBe(roles);
  });

  it('that two workers promote targets in at once keeps every role, and lines that are not ours', async () => {
    const targets = Array.from({ length: 20 }, (_, number) => `test/shop-${number}`);
    const { haproxy, provider } = await start({ targets });
    appendFileSync(join(haproxy.mapsDir, 'roles.map'), 'foreign/line green\n');
    const { socket, mapsDir } = haproxy;
    const second = haproxyType.create({ socket, mapsDir, timeoutMs: patientMs });
    await Promise.all(
      targets.map((id, index) => (index % 2 ? provider : second).setStable(of(id), 'green', 1)),
    );
    await haproxy.kill();
    await haproxy.restart();
    expect(await Promise.all(targets.map((id) => haproxy.request(id, 1)))).toEqual(
      targets.map(() => ({ blue: 0, green: 1, failed: 0 })),
    );
    expect(readFileSync(join(mapsDir, 'roles.map'), 'utf8')).toContain('foreign/line green\n');
  });

  it('with hundreds of targets takes a stop of each at once', async () => {
    const targets = Array.from({ length: 400 }, (_, number) => `test/shop-${number}`);
    const { provider } = await start({ targets });
    await Promise.all(targets.map((id) => provider.stop(of(id))));
    const states = await Promise.all(targets.map((id) => provider.read(of(id))));
    expect(states.filter(({ stopped }) => !stopped)).toEqual([]);
  });

  it('that a signal to all of a bench has ended does not hold up whoever stops it', async () => {
    const { haproxy } = await start({ targets: ['test/shop'] });
    const [info = ''] = await createRuntimeClient(haproxy.socket, patientMs).run(['show info']);
    const pid = Number(/^Pid: (\d+)$/m.exec(info)?.[1]);
    process.kill(pid, 'SIGTERM');
    await waitFor('its end', () => !existsSync(`/proc/${pid}`));
    await haproxy.stop();
  });

  it('that does not load the maps is named as unready', async () => {
    const { haproxy } = await start({ targets: ['test/shop'] });
    const elsewhere = haproxyType.create({
      socket: haproxy.socket,
      mapsDir: '/nowhere',
      timeoutMs: patientMs,
    });
    await expect(elsewhere.prepare(of('test/shop'), 1)).rejects.toMatchObject({ code: 'traffic-unready' });
  });

  it('takes two snippets into a frontend that has rules of its own', async () => {
    const { haproxy } = await start({ targets: ['test/shop'] });
    const { mapsDir } = haproxy;
    const config = `defaults
    mode http
    timeout connect 1s
    timeout client 1s
    timeout server 1s
frontend existing
    bind 127.0.0.1:4
${renderTargetSnippet({ target: 'a/one', mapsDir, when: '{ req.hdr(host) one.test }' })}
${renderTargetSnippet({ target: 'a/two', mapsDir, when: '{ path_beg /two }', affinity: { cookie: 'user' } })}
    default_backend other
${['a_one_blue', 'a_one_green', 'a_two_blue', 'a_two_green', 'other'].map((name) => `backend ${name}\n`).join('')}`;
    const file = join(mapsDir, 'existing.cfg');
    writeFileSync(file, config);
    const { stdout, stderr } = await promisify(execFile)(locateTools().haproxy, ['-c', '-f', file]);
    expect(stdout + stderr).toContain('Configuration file is valid');
  });
});
