/** Runs schemathesis against an API: every check, on what it makes of the OpenAPI document. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from '../../src/stack/tools.ts';

interface FuzzOptions {
  readonly program: string;
  readonly url: string;
  readonly seed: number;
  /** About so many in all. */
  readonly cases: number;
  readonly token: string;
}

/**
 * An event stream ends when its rollout does, or never, so no answer of it can be waited for. Tests of their own follow
 * them.
 */
const endless = ['followRollout', 'watchRollouts'];
/** What the coverage of each operation comes to without one case made up at random. */
const always = 2_000;
const operations = 38;

export async function runSchemathesis(
  options: FuzzOptions,
): Promise<{ readonly code: number; readonly cases: number }> {
  const { program, url, seed, cases, token } = options;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-schemathesis-'));
  const config = join(repoRoot(), 'scripts', 'fuzz', 'schemathesis.toml');
  const perOperation = Math.max(1, Math.ceil((cases - always) / operations) * 2);
  const args = [
    ...['--config-file', config, 'run', `${url}/openapi.json`, '--checks', 'all'],
    ...['--phases', 'examples,coverage,fuzzing,stateful', '--seed', String(seed), '--workers', '2'],
    ...['--max-examples', String(perOperation), '--continue-on-failure', '--no-color'],
    ...endless.flatMap((name) => ['--exclude-operation-id', name]),
    ...['--header', `Authorization: Bearer ${token}`],
    // On a busy machine; a backtest or a start that supersedes may take long by itself.
    ...['--request-timeout', '60', '--max-response-time', '60'],
  ];
  try {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      process.stdout.write(chunk);
    });
    const [code] = await once(child, 'close');
    return {
      code: typeof code === 'number' ? code : 1,
      cases: Number(/(\d+) generated/.exec(text)?.[1] ?? 0),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
