/** Bundles the workflows once for all files of a run; each of them would take two seconds of a processor for it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleWorkflows } from '../../src/worker/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly workflowBundle: string;
  }
}

/**
 * Every project of the run is set up in this process, one after the other, but with modules of its own, so that the
 * environment says which folder it is. One with a name that may recur could hold what a killed run left: older code.
 */
process.env.SLUICE_TEST_BUNDLE ??= mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
const folder = process.env.SLUICE_TEST_BUNDLE;
const file = join(folder, 'workflow-bundle.js');

export async function setup(project: TestProject): Promise<void> {
  if (!existsSync(file)) {
    const { code } = await bundleWorkflows();
    writeFileSync(file, code);
  }
  project.provide('workflowBundle', file);
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
