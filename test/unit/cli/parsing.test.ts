/** Command lines become options; nothing is carried out. */
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { parseOverride, readPlanFile } from '../../../src/cli/plan-file.ts';
import type { Act, Run } from '../../../src/cli/verb.ts';
import { auditCommand } from '../../../src/cli/verbs/audit.ts';
import { emergencyStopCommand } from '../../../src/cli/verbs/emergency-stop.ts';
import { listCommand } from '../../../src/cli/verbs/list.ts';
import { startCommand } from '../../../src/cli/verbs/start.ts';
import { statusCommand } from '../../../src/cli/verbs/status.ts';
import { steerCommands } from '../../../src/cli/verbs/steer.ts';
import { upCommand } from '../../../src/cli/verbs/up.ts';
import { watchCommand } from '../../../src/cli/verbs/watch.ts';
import { fakeIo } from './fakes.ts';

type Factory = (act: Act, run: Run<object>) => Command;

/** The options that `args` give to a verb. */
async function optionsOf(factory: Factory, ...args: string[]): Promise<object> {
  let seen: object = {};
  const act: Act = async (_, job) => void (await job(fakeIo()));
  const command = factory(act, async (options) => {
    seen = options;
    return 0;
  });
  command.exitOverride().configureOutput({ writeErr: () => {} });
  await command.parseAsync(args, { from: 'user' });
  return seen;
}

const target = { environment: 'demo', service: 'shop' };

test('start takes a plan, overrides and whether to follow', async () => {
  const args = [
    'plan.yaml',
    '--set',
    'version=v4',
    '--set',
    'stages[0].weight=20',
    '--watch',
    '--reason',
    'why',
  ];
  expect(await optionsOf(startCommand, ...args)).toEqual({
    plan: 'plan.yaml',
    set: [
      { path: ['version'], value: 'v4' },
      { path: ['stages', '0', 'weight'], value: '20' },
    ],
    watch: true,
    reason: 'why',
    patience: 120,
  });
});

test('watch and status take a target and a run', async () => {
  expect(await optionsOf(watchCommand, 'demo/shop', '--patience', '5', '--json')).toEqual({
    target,
    patience: 5,
    json: true,
  });
  expect(await optionsOf(statusCommand, 'demo/shop', '--run', 'r1')).toEqual({ target, run: 'r1' });
  expect(await optionsOf(auditCommand, 'demo/shop', '--api', 'http://127.0.0.1:1')).toEqual({
    target,
    api: 'http://127.0.0.1:1',
  });
});

test('list takes filters, among them a version', async () => {
  expect(await optionsOf(listCommand, '--version', 'v2', '--running', '--limit', '5')).toEqual({
    version: 'v2',
    running: true,
    limit: 5,
  });
});

test('each command of a rollout is a verb', async () => {
  const [promote, , , rollback] = [0, 1, 2, 3].map<Factory>((index) => (act, run) => {
    const command = steerCommands(act, run)[index];
    if (!command) throw new Error('no such command');
    return command;
  });
  expect(await optionsOf(promote as Factory, 'demo/shop', '--full')).toEqual({
    name: 'promote',
    target,
    full: true,
  });
  expect(await optionsOf(rollback as Factory, 'demo/shop', '--reason', 'bad', '--actor', 'eve')).toEqual({
    name: 'rollback',
    target,
    reason: 'bad',
    actor: 'eve',
  });
});

test('up takes the demo and a port base', async () => {
  expect(await optionsOf(upCommand, '--demo', '--once', '--port-base', '9000')).toEqual({
    demo: true,
    once: true,
    portBase: 9000,
  });
});

test('emergency-stop takes a scope of several words, and a release', async () => {
  const args = ['--scope', 'demo', 'prod/shop', '--scope', 'test', '--reason', 'fire', '--yes'];
  expect(await optionsOf(emergencyStopCommand, ...args)).toEqual({
    scope: ['demo', 'prod/shop', 'test'],
    reason: 'fire',
    yes: true,
  });
  expect(await optionsOf(emergencyStopCommand, '--release')).toEqual({ release: true });
});

test.each([
  [statusCommand, ['shop']],
  [statusCommand, ['a/b/c']],
  [statusCommand, []],
  [listCommand, ['--limit', '0']],
  [listCommand, ['--nothing']],
  [listCommand, ['--running', '--ended']],
  [startCommand, ['plan.yaml', '--watch', '--wait']],
  [watchCommand, ['demo/shop', '--patience', 'long']],
  [upCommand, ['--port-base', '80']],
  [upCommand, ['--port-base', '65524']],
  [upCommand, ['--json']],
  [upCommand, ['--api', 'http://127.0.0.1:1']],
])('refuses a command line that makes no sense: %# %j', async (factory, args) => {
  await expect(optionsOf(factory as Factory, ...args)).rejects.toThrow();
});

test.each(['version', '=x', 'a..b=1', '__proto__.x=1', 'a b=1'])('refuses the override %s', (text) => {
  expect(() => parseOverride(text)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

const text = 'service: shop\nversion: v1\nstages:\n  - weight: 10\n    soak: 20s\n';
const read = (...overrides: string[]) =>
  readPlanFile('plan.yaml', overrides.map(parseOverride), { readText: async () => text });

test('a plan without overrides goes as it was written', async () => {
  expect(await read()).toBe(text);
});

test('overrides keep texts texts and numbers numbers', async () => {
  expect(
    await read('version=1.10', 'stages[0].weight=25', 'rollback.timeout=10s', 'stages.0.approval=true'),
  ).toEqual({
    service: 'shop',
    version: '1.10',
    stages: [{ weight: 25, soak: '20s', approval: true }],
    rollback: { timeout: '10s' },
  });
});

test('an override that leads nowhere is refused', async () => {
  await expect(read('version.major=2')).rejects.toThrow('there is no version with parts');
  await expect(read('stages[4].weight=2')).rejects.toThrow('there is no stages.4 with parts');
});

test('a plan that cannot be read or parsed is bad input', async () => {
  const missing = { readText: () => Promise.reject(new Error('ENOENT')) };
  await expect(readPlanFile('x.yaml', [], missing)).rejects.toMatchObject({ exitCode: 2 });
  const broken = { readText: async () => 'a: [' };
  await expect(readPlanFile('x.yaml', [parseOverride('a=1')], broken)).rejects.toMatchObject({ exitCode: 2 });
});
