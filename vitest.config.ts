/** The test projects: unit is quick and pure, the others use real servers and processes. */
import { defineConfig } from 'vitest/config';
import { giveRoomForGarbage } from './scripts/lib/room-for-garbage.mjs';
import { LongestFirst } from './test/support/longest-first.ts';

giveRoomForGarbage();

/** Nothing takes so long but on a machine that is busy with something else, or where something hangs. */
const TIMEOUT_MS = 120_000;
/** What is polled for comes at once, unless the machine is busy; one second, the default, is too short for that. */
const PATIENT = { expect: { poll: { timeout: 60_000 } } };

/** Hundreds of rollouts each, so that nothing whose time matters may run beside them. These work all the time ... */
const CROWDED = ['every-signal', 'flood'].map((name) => `test/scenarios/${name}.test.ts`);
/** ... and these wait for time-outs more than they work. */
const CROWDED_AND_WAITING = ['test/scenarios/fail-every-step.test.ts'];

/**
 * Projects of one group share its lanes; one group runs after the other. Most of the time of a file with real parts is
 * waiting. Beside the crowd that waits, unit tests do with what it leaves.
 */
const GROUPS = {
  unit: { maxWorkers: 3, sequence: { groupOrder: 1 } },
  realParts: { maxWorkers: 5, sequence: { groupOrder: 2 } },
  alone: { maxWorkers: 1, sequence: { groupOrder: 3 } },
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
          // Property tests try thousands of cases, and humble ones may have a tenth of a processor.
          testTimeout: TIMEOUT_MS,
          hookTimeout: TIMEOUT_MS,
          ...PATIENT,
          pool: 'threads',
          setupFiles: ['test/support/humble.ts'],
          ...ONE_PROCESS,
          ...GROUPS.unit,
        },
      },
      { test: { ...realParts('crowded-and-waiting'), include: CROWDED_AND_WAITING, ...GROUPS.unit } },
      { test: { ...realParts('contract'), ...ONE_PROCESS, ...GROUPS.realParts } },
      { test: { ...realParts('replay'), ...GROUPS.realParts } },
      {
        test: {
          ...realParts('scenarios'),
          exclude: [...CROWDED, ...CROWDED_AND_WAITING],
          ...ONE_PROCESS,
          ...GROUPS.realParts,
        },
      },
      // All files share one cluster.
      {
        test: {
          ...realParts('kube', ['test/support/kube/global-setup.ts']),
          ...ONE_PROCESS,
          ...GROUPS.realParts,
        },
      },
      // Each file has ports of its own.
      { test: { ...realParts('e2e'), ...ONE_PROCESS, ...GROUPS.realParts } },
      { test: { ...realParts('browser'), ...GROUPS.realParts } },
      { test: { ...realParts('crowded'), include: CROWDED, ...GROUPS.alone } },
    ],
  },
});

function realParts(name: string, globalSetup: readonly string[] = []) {
  return {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    ...PATIENT,
    globalSetup: ['test/support/bundle-once.ts', ...globalSetup],
  };
}
