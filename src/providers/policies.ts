/** The operator's policies: a folder of YAML files, read anew each time, so that a new one binds the next rollout. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type Problem, SluiceError } from '../domain/errors.ts';
import type { PlanCatalogue } from '../domain/plan/schema.ts';
import { readMapping } from '../domain/plan/text.ts';
import { type PolicyReading, readPolicy } from '../domain/policy/document.ts';
import type { Policy, PolicySet } from '../domain/policy/types.ts';

export interface PolicyBook {
  /** Errors: `policies-invalid`, with every problem: what cannot be read binds nobody, so nothing begins. */
  read(): Promise<PolicySet>;
}

const mostFiles = 100;

/** Null: there are none. */
export function policyBook(folder: string | null, catalogue: PlanCatalogue): PolicyBook {
  return {
    read: async () => (folder === null ? { policies: [], sha256: '' } : await readFolder(folder, catalogue)),
  };
}

async function readFolder(folder: string, catalogue: PlanCatalogue): Promise<PolicySet> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw invalid(`The policies in ${folder} cannot be read: ${messageOf(error)}.`, []);
  });
  const files = names.filter((name) => /\.ya?ml$/i.test(name)).toSorted();
  if (files.length > mostFiles) {
    throw invalid(`The folder ${folder} holds ${files.length} policies; at most ${mostFiles} are read.`, []);
  }
  const read = await Promise.all(files.map(async (name) => await readOne(folder, name, catalogue)));
  const problems = [
    ...read.flatMap(({ problems: found }) => found),
    ...twins(read.flatMap(({ policy }) => policy ?? [])),
  ];
  if (problems.length > 0) {
    const told = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw invalid(`The policies in ${folder} are not valid: ${told}`, problems);
  }
  const hash = createHash('sha256');
  for (const [at, { text }] of read.entries()) hash.update(`${files[at]}\0${text}\0`);
  return { policies: read.flatMap(({ policy }) => policy ?? []), sha256: hash.digest('hex') };
}

interface FileReading {
  readonly text: string;
  readonly policy: Policy | null;
  readonly problems: readonly Problem[];
}

async function readOne(folder: string, name: string, catalogue: PlanCatalogue): Promise<FileReading> {
  const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
    throw invalid(`The policy ${name} cannot be read: ${messageOf(error)}.`, []);
  });
  const mapping = readMapping(text);
  const reading: PolicyReading = mapping.ok ? readPolicy(mapping.value, catalogue) : mapping;
  if (reading.ok) return { text, policy: reading.policy, problems: [] };
  const named = ({ path, message }: Problem) => ({ path: path === '' ? name : `${name}: ${path}`, message });
  return { text, policy: null, problems: reading.problems.map(named) };
}

/** A refusal names the policy, so a name must say which. */
function twins(policies: readonly Policy[]): readonly Problem[] {
  const names = policies.map(({ name }) => name);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  return [...new Set(twice)].map((name) => ({ path: 'name', message: `two policies are named "${name}"` }));
}

function invalid(message: string, problems: readonly Problem[]): SluiceError {
  return new SluiceError('policies-invalid', message, { problems });
}
