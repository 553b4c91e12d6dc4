/**
 * Runs schemathesis against an API: every check, which is what it does if none is named, on what it makes of the
 * OpenAPI document.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiDocument, documentSchema, withoutActor } from './actor.ts';
import { configurationOf, type Pass } from './passes.ts';

interface FuzzOptions {
  readonly program: string;
  readonly url: string;
  readonly seed: number;
  /** About so many in all. */
  readonly cases: number;
  /** Services of `demo` of which rollouts are known. */
  readonly rollouts: readonly string[];
}

/** What examples and coverage of each operation come to, without one case made up at random. */
const alwaysEach = 60;

export async function runSchemathesis(
  pass: Pass,
  { program, url, seed, cases, rollouts }: FuzzOptions,
): Promise<{ readonly code: number; readonly cases: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-schemathesis-'));
  const config = join(folder, 'schemathesis.toml');
  const document = await documentOf(url);
  const asked = join(folder, 'openapi.json');
  writeFileSync(config, configurationOf(pass, rollouts));
  writeFileSync(asked, JSON.stringify(pass.token === null ? document : withoutActor(document)));
  const perOperation = Math.max(1, Math.ceil((cases / countIn(document) - alwaysEach) * 1.2));
  const args = [
    ...['--config-file', config, 'run', asked, '--url', url],
    ...['--phases', pass.thorough ? 'examples,coverage,fuzzing,stateful' : 'examples,coverage'],
    ...['--seed', String(seed), '--workers', '2'],
    ...['--max-examples', String(perOperation), '--continue-on-failure', '--no-color'],
    ...(pass.token === null ? [] : ['--header', `Authorization: Bearer ${pass.token}`]),
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

async function documentOf(url: string): Promise<ApiDocument> {
  const answer = await fetch(`${url}/openapi.json`);
  return documentSchema.parse(await answer.json());
}

function countIn({ paths }: ApiDocument): number {
  return Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
}
