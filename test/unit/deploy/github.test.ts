/** The GitHub Action and the example workflow: what GitHub would refuse, or run wrongly, is found here. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));

const step = z.looseObject({
  id: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.string()).default({}),
  env: z.record(z.string(), z.string()).default({}),
});
const actionSchema = z.looseObject({
  inputs: z.record(
    z.string(),
    z.looseObject({ required: z.boolean().optional(), default: z.string().optional() }),
  ),
  outputs: z.record(z.string(), z.looseObject({ value: z.string() })),
  runs: z.strictObject({ using: z.literal('composite'), steps: z.array(step) }),
});
const workflowSchema = z.looseObject({
  on: z.looseObject({ workflow_dispatch: z.looseObject({}) }),
  jobs: z.record(
    z.string(),
    z.looseObject({ needs: z.union([z.string(), z.array(z.string())]).optional(), steps: z.array(step) }),
  ),
});

const action = actionSchema.parse(read('deploy/github-action/action.yml'));
const workflow = workflowSchema.parse(read('examples/github/progressive-delivery.yml'));
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

it('runs the stages of a delivery in their order, and an emergency by dispatch alone', () => {
  const needs = Object.fromEntries(
    Object.entries(workflow.jobs).map(([name, job]) => [name, [job.needs ?? []].flat()]),
  );
  expect(needs).toEqual({
    build: [],
    scan: ['build'],
    staging: ['build', 'scan'],
    smoke: ['staging'],
    approve: ['smoke'],
    canary: ['build', 'approve'],
    'emergency-rollback': [],
  });
});

it('gives the action inputs that it has, and every one that it requires', () => {
  const uses = steps.filter(({ uses: used }) => used === './.github/actions/sluice');
  expect(uses.length).toBeGreaterThan(1);
  const required = Object.entries(action.inputs).flatMap(([name, input]) => (input.required ? [name] : []));
  for (const one of uses) {
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(one.with)));
    expect(Object.keys(one.with)).toEqual(expect.arrayContaining(required));
  }
});

it('puts no expression into a script, where what somebody wrote would become a command', () => {
  const scripts = [...steps, ...action.runs.steps].flatMap(({ run }) => run ?? []);
  expect(scripts.length).toBeGreaterThan(5);
  expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
});

it('hands the inputs of the action over as arguments, whatever is in them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-action-'));
  const script = join(folder, 'step.sh');
  writeFileSync(script, action.runs.steps[0]?.run ?? '');
  const shown = join(folder, 'shown');
  writeFileSync(shown, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const env = {
    PATH: process.env.PATH ?? '',
    INPUT_PLAN: '-x $(touch evil).yaml',
    INPUT_SET: 'version=v4\n\nservice=a b; echo c\n',
    INPUT_ON_ABORT: 'leave',
    INPUT_REASON: '"quoted"',
    INPUT_FORCE: 'true',
    INPUT_PATIENCE: '60',
    INPUT_COMMAND: shown,
  };
  const { stdout } = await promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    env,
  });
  expect(stdout.trimEnd().split('\n')).toEqual([
    ...[
      'ci',
      '--on-abort',
      'leave',
      '--patience',
      '60',
      '--set',
      'version=v4',
      '--set',
      'service=a b; echo c',
    ],
    ...['--reason', '"quoted"', '--force', '--', '-x $(touch evil).yaml'],
  ]);
  rmSync(folder, { recursive: true, force: true });
});

it('names the outputs that sluice ci writes', () => {
  expect(Object.keys(action.outputs).toSorted()).toEqual([
    'outcome',
    'reason',
    'run-id',
    'target',
    'version',
  ]);
  for (const [name, { value }] of Object.entries(action.outputs)) {
    expect(value).toBe(`\${{ steps.${action.runs.steps[0]?.id}.outputs.${name} }}`);
  }
});
