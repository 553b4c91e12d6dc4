/** The main job as a person starts it: the demo from end to end, and what it leaves behind. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePortBase } from '../support/free-ports.ts';
import { killAll, processesOf, up } from '../support/up.ts';

const portBase = await freePortBase();
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
});
afterAll(async () => {
  await killAll(home);
  rmSync(home, { recursive: true, force: true });
});

describe('npm start', () => {
  it('ships a good version, takes a bad one back within 30 s of errors, and leaves nothing running', async () => {
    const { ended, text } = up(home, '--once', '--port-base', String(portBase));
    const code = await ended;
    expect(code, text()).toBe(0);
    expect(text()).toMatch(/v2\s+promoted/);
    expect(text()).toMatch(/v3\s+rolled-back/);
    expect(text()).toMatch(/0 requests reached it after the restore/);
    expect(processesOf(home)).toEqual([]);
  }, 420_000);

  it('says which port is taken and what to do, and starts nothing', async () => {
    const server = createServer().listen(portBase + 2, '127.0.0.1');
    await once(server, 'listening');
    const { ended, text } = up(home, '--port-base', String(portBase));
    expect(await ended).toBe(1);
    server.close();
    expect(text()).toContain(`port ${portBase + 2}, needed for Temporal`);
    expect(text()).toContain('--port-base');
    expect(processesOf(home)).toEqual([]);
  });
});
