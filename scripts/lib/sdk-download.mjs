/** The last resort for Temporal's programs: the SDK's own download, by starting its ephemeral server once. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Failure, lastLines } from './failure.mjs';
import { isExecutable } from './find.mjs';
import { toolsDir } from './paths.mjs';
import { run, runAsScript } from './run.mjs';

const TIME_LIMIT_MS = 5 * 60_000;

/**
 * Lets the SDK download one of its servers; the version is the one that belongs to the locked SDK, unchecked by hash.
 * @param {'temporal' | 'temporalTestServer'} tool
 * @returns {Promise<string>} the program's path
 */
export async function sdkDownload(tool) {
  const folder = join(toolsDir, 'sdk', tool);
  const known = newestProgram(folder);
  if (known !== undefined) return known;
  mkdirSync(folder, { recursive: true });
  const result = await run(process.execPath, [fileURLToPath(import.meta.url), tool, folder], {
    timeoutMs: TIME_LIMIT_MS,
  });
  const program = newestProgram(folder);
  if (result.code === 0 && program !== undefined) return program;
  // The SDK's error names its URL at every level.
  const cause = lastLines(result.stderr || result.stdout, 3).replace(
    /(: error sending request for url \(\S+\))\1/,
    '$1',
  );
  throw new Failure(`the SDK's own download failed: ${cause}`);
}

/** @param {string} folder */
function newestProgram(folder) {
  const paths = readdirIfThere(folder).map((file) => join(folder, file));
  return paths.filter(isExecutable).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

/** @param {string} folder */
function readdirIfThere(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

await runAsScript(import.meta.url, async () => {
  const [tool, downloadDir] = process.argv.slice(2);
  if (downloadDir === undefined) throw new Failure('usage: sdk-download.mjs <tool> <folder>');
  // Imported here because the packages may not be installed when this module is loaded for its other half.
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const server = { executable: { type: /** @type {const} */ ('cached-download'), downloadDir } };
  const environment =
    tool === 'temporal'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await environment.teardown();
});
