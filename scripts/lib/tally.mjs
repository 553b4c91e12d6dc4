/** Adds up what a test run came to, so that nothing that went wrong can count as a pass. */

/**
 * @typedef {object} Report what is used of vitest's JSON report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {{ name: string, status: string, assertionResults: { status: string, fullName: string }[] }[]} testResults
 */
/**
 * @typedef {object} Run
 * @property {Record<string, boolean>} checks whether each step beside vitest has passed
 * @property {Report | undefined} report undefined if vitest has left none
 * @property {number} exitCode vitest's
 * @property {string[]} leftovers processes that outlived the run
 */

/**
 * The sum, with a note for each failure that vitest itself does not name and for each test that did not run.
 * @param {Run} run
 * @returns {{ passed: number, failed: number, notes: string[] }}
 */
export function tally({ checks, report, exitCode, leftovers }) {
  const outcomes = Object.entries(checks);
  const unloadable = (report?.testResults ?? []).filter(isUnloadable);
  const problems = [
    ...outcomes.filter(([, passed]) => !passed).map(([name]) => `failed: ${name}`),
    ...unloadable.map(({ name }) => `failed: ${name} could not be loaded`),
    ...leftovers.map((process) => `failed: left running, killed now: ${process}`),
  ];
  const testsRun = (report?.numPassedTests ?? 0) + (report?.numFailedTests ?? 0);
  const known = (report?.numFailedTests ?? 0) + unloadable.length;
  if (report === undefined) problems.push('failed: vitest left no report');
  else if (testsRun + unloadable.length === 0) problems.push('failed: no test has run');
  else if (exitCode !== 0 && known === 0) problems.push(`failed: vitest ended with code ${exitCode}`);
  return {
    passed: (report?.numPassedTests ?? 0) + outcomes.filter(([, passed]) => passed).length,
    failed: (report?.numFailedTests ?? 0) + problems.length,
    notes: [...problems, ...notRun(report)],
  };
}

/**
 * A file that failed without a failed test in it broke outside its tests.
 * @param {Report['testResults'][number]} file
 */
function isUnloadable(file) {
  return file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed');
}

/** @param {Report | undefined} report */
function notRun(report) {
  const tests = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  return tests
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map((test) => `not run: ${test.fullName}`);
}
