/** The test projects: unit is quick and pure, the others use real servers and processes. */
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

// Servers written in Go spend a good part of their time on collecting garbage that there is room for.
process.env.GOGC ??= '400';

const UNIT_TIMEOUT_MS = 30_000;
const REAL_PARTS_TIMEOUT_MS = 120_000;
/** What is polled for comes at once, unless the machine is busy; one second, the default, is too short for that. */
const PATIENT = { expect: { poll: { timeout: 15_000 } } };

/** Each fills two processors by itself, so that nothing whose time matters may run beside it. */
const CROWDED = ['fail-every-step', 'every-signal', 'flood'].map((name) => `test/scenarios/${name}.test.ts`);

/** Projects of one group share its lanes; one group runs after the other. Most of a file's time here is waiting. */
const GROUPS = {
  unit: { maxWorkers: 2, sequence: { groupOrder: 1 } },
  sideBySide: { maxWorkers: 4, sequence: { groupOrder: 2 } },
  stacks: { maxWorkers: 4, sequence: { groupOrder: 3 } },
  alone: { maxWorkers: 1, sequence: { groupOrder: 4 } },
};

/** For files that do not mind each other: loading the modules for each anew would take longer than many of them. */
const ONE_PROCESS = { isolate: false };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Property tests try thousands of cases, and a busy machine may take its time.
          testTimeout: UNIT_TIMEOUT_MS,
          ...PATIENT,
          pool: 'threads',
          ...ONE_PROCESS,
          ...GROUPS.unit,
        },
      },
      { test: { ...realParts('contract'), ...ONE_PROCESS, ...GROUPS.sideBySide } },
      { test: { ...realParts('replay'), ...GROUPS.sideBySide } },
      { test: { ...realParts('scenarios'), exclude: CROWDED, ...ONE_PROCESS, ...GROUPS.sideBySide } },
      // All files share one cluster.
      {
        test: {
          ...realParts('kube', ['test/support/kube/global-setup.ts']),
          ...ONE_PROCESS,
          ...GROUPS.stacks,
        },
      },
      // Each file has ports of its own.
      { test: { ...realParts('e2e'), ...GROUPS.stacks } },
      { test: { ...realParts('browser'), ...GROUPS.stacks } },
      { test: { ...realParts('crowded'), include: CROWDED, ...GROUPS.alone } },
    ],
  },
});

function realParts(name: string, globalSetup: readonly string[] = []) {
  return {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: REAL_PARTS_TIMEOUT_MS,
    hookTimeout: REAL_PARTS_TIMEOUT_MS,
    ...PATIENT,
    globalSetup: ['test/support/bundle-once.ts', ...globalSetup],
  };
}
