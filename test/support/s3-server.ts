/** A real S3 server for tests: Versity's gateway over a folder of its own, on loopback, with one account. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateTools } from '../../src/stack/tools.ts';
import { end, hasEnded } from './child.ts';
import { freePort } from './free-ports.ts';
import { waitFor } from './wait-for.ts';

export const s3Login = { accessKeyId: 'sluice-test', secretAccessKey: 's3-t3st-s3cret' } as const;
export const s3Bucket = 'evidence';

export interface TestS3 {
  readonly endpoint: string;
  /** Where the bucket's objects lie as files. */
  readonly folder: string;
  kill(): Promise<void>;
  /** At the same address, over the same folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startS3(): Promise<TestS3> {
  const { s3: binary } = locateTools();
  if (binary === null)
    throw new Error('The S3 server is missing. Run "npm run setup"; it says what to install.');
  const home = await mkdtemp(join(tmpdir(), 'sluice-s3-'));
  const folder = join(home, s3Bucket);
  await mkdir(folder);
  const port = await freePort();
  let child = await launch(binary, home, port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    folder,
    kill: () => end(child, 'SIGKILL'),
    async restart() {
      child = await launch(binary, home, port);
    },
    async stop() {
      await end(child, 'SIGTERM');
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function launch(binary: string, home: string, port: number): Promise<ChildProcess> {
  const { accessKeyId, secretAccessKey } = s3Login;
  const child = spawn(binary, ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', home], {
    stdio: 'ignore',
    env: { ...process.env, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
  });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('close', () => process.removeListener('exit', killAtExit));
  await waitFor('the S3 server to answer', async () => {
    if (hasEnded(child)) throw new Error(`${binary} has ended`);
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    await response?.arrayBuffer();
    return response !== null;
  });
  return child;
}
