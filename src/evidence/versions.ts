/** Which versions of all parts were at work, as far as the process that collects a bundle can tell. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { z } from 'zod';
import { sha256Of } from './seal.ts';

const packageFile = new URL('../../package.json', import.meta.url);
const packageSchema = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) });

interface Versions {
  readonly sluice: string;
  readonly node: string;
  readonly platform: string;
  /** Hash of the workflow code; null: it is not built. */
  readonly workflowCode: string | null;
  /** Null: it did not say. */
  readonly temporalServer: string | null;
  readonly packages: Readonly<Record<string, string>>;
}

export async function versionsOf(
  bundlePath: string,
  temporalServer: () => Promise<string | null | undefined>,
): Promise<Versions> {
  const { version, dependencies } = await ownPackage();
  const code = await readFile(bundlePath).catch(() => null);
  return {
    sluice: version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    workflowCode: code && sha256Of(code),
    temporalServer: (await temporalServer().catch(() => null)) ?? null,
    packages: dependencies,
  };
}

export async function sluiceVersion(): Promise<string> {
  return (await ownPackage()).version;
}

async function ownPackage(): Promise<z.infer<typeof packageSchema>> {
  return packageSchema.parse(JSON.parse(await readFile(packageFile, 'utf8')));
}
