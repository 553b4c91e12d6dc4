/** Bundles the workflows once for all files of a run; each of them would take two seconds of a processor for it. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleWorkflows } from '../../src/worker/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly workflowBundle: string;
  }
}

/** Every project of the run is set up in this process, one after the other, but with modules of its own. */
const folder = join(tmpdir(), `sluice-bundle-${process.pid}`);
const file = join(folder, 'workflow-bundle.js');

export async function setup(project: TestProject): Promise<void> {
  if (!existsSync(file)) {
    const { code } = await bundleWorkflows();
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, code);
  }
  project.provide('workflowBundle', file);
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
