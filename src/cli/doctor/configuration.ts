/**
 * What the doctor finds of the operator's configuration: the file itself, its policies and tokens, and all that it
 * names.
 */
import { readTokens } from '../../api/access/tokens.ts';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { loadConfig, type SluiceConfig } from '../../providers/config.ts';
import { policyBook } from '../../providers/policies.ts';
import { reachOf } from '../../providers/reach.ts';
import { createRegistry } from '../../providers/registry.ts';
import { problemLine } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { type Finding, ok, wrong } from './finding.ts';
import { tokensFinding } from './here.ts';
import { temporalFinding } from './temporal.ts';

export async function configurationFindings(
  path: string,
  { env, now }: Pick<Io, 'env' | 'now'>,
): Promise<Finding[]> {
  let config: SluiceConfig;
  try {
    config = await loadConfig({ path, env });
  } catch (error) {
    return refusedFile('configuration', error, `Mend ${path}; docs/plan.md has every key.`);
  }
  const parts = await Promise.all([
    temporalFinding(config.temporal),
    policiesFindings(config),
    tokenFileFindings(config, now()),
    reachFindings(config),
  ]);
  return [ok('configuration', `${path} is valid`), ...parts.flat()];
}

/** Each problem is a finding of its own, since each has a place of its own. */
function refusedFile(name: string, error: unknown, advice: string): Finding[] {
  const problems = error instanceof SluiceError ? (error.problems ?? []) : [];
  if (problems.length === 0) return [wrong(name, messageOf(error), advice)];
  return problems.map((problem) => wrong(name, problemLine(problem).trim(), advice));
}

async function policiesFindings(config: SluiceConfig): Promise<Finding[]> {
  if (config.policies === null) return [];
  const registry = createRegistry(config);
  try {
    const { policies } = await policyBook(config.policies, registry.catalogue).read();
    return [ok('policies', `${policies.length} in ${config.policies}`)];
  } catch (error) {
    return refusedFile('policies', error, `Mend ${config.policies}; until then no rollout begins.`);
  } finally {
    await registry.close();
  }
}

async function tokenFileFindings({ auth }: SluiceConfig, nowMs: number): Promise<Finding[]> {
  if (auth.tokens === undefined) return [];
  try {
    return [tokensFinding(auth.tokens, (await readTokens(auth.tokens)).tokens, nowMs)];
  } catch (error) {
    return refusedFile('tokens', error, `Make one with \`sluice tokens create --file ${auth.tokens}\`.`);
  }
}

async function reachFindings(config: SluiceConfig): Promise<Finding[]> {
  return (await reachOf(config)).map(({ path, type, problem }) =>
    problem === null
      ? ok(path, `${type} answers`)
      : wrong(
          path,
          problem,
          `Start it, or mend ${path}; asked from here, which may not be where the worker is.`,
        ),
  );
}
