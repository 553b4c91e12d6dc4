/** The test projects: unit is quick and pure, the others use real servers and processes. */
import { defineConfig } from 'vitest/config';

const UNIT_TIMEOUT_MS = 30_000;
const REAL_PARTS_TIMEOUT_MS = 60_000;

export default defineConfig({
  test: {
    projects: [
      // Property tests try thousands of cases, and a busy machine may take its time.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: UNIT_TIMEOUT_MS } },
      { test: { ...realParts('contract') } },
      { test: { ...realParts('scenarios') } },
      { test: { ...realParts('replay') } },
      // Whole stacks share one machine's ports and processors, so one file runs at a time.
      { test: { ...realParts('e2e'), fileParallelism: false } },
    ],
  },
});

function realParts(name: string) {
  return {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: REAL_PARTS_TIMEOUT_MS,
    hookTimeout: REAL_PARTS_TIMEOUT_MS,
  };
}
