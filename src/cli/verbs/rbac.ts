/** `sluice rbac`: prints the Kubernetes RBAC that Sluice needs, and nothing beyond it. It asks no API. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import { SluiceError } from '../../domain/errors.ts';
import { type KubeRole, kubeRoles } from '../../providers/kube/rights.ts';
import { namespaceName, objectName } from '../../providers/kube/settings.ts';
import { badInput } from '../cli-error.ts';
import { exitCodeHelp, exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../text.ts';
import { type Act, collect, type Run } from '../verb.ts';

interface RbacOptions {
  readonly provider?: readonly string[];
  /** Kubernetes Secrets that settings name. */
  readonly secret?: readonly string[];
  readonly namespace?: readonly string[];
  readonly allNamespaces?: boolean;
  readonly leaseNamespace: string;
  readonly role?: readonly KubeRole[];
  readonly json?: boolean;
}

async function runRbac(options: RbacOptions, io: Io): Promise<number> {
  // Loaded only here: every other verb works without the providers.
  const { rbacObjects, rightsOf, usualTypes } = await import('../../providers/rbac.ts');
  const { leaseNamespace, namespace = ['default'], role: roles = kubeRoles } = options;
  const items = rbacObjects({
    rights: named(() => rightsOf(options.provider ?? usualTypes(), undefined, options.secret)),
    roles: [...new Set(roles)],
    leaseNamespace,
    namespaces: options.allNamespaces ? 'all' : [...new Set(namespace)],
  });
  if (options.json) writeJson(io.out, { apiVersion: 'v1', kind: 'List', items });
  else io.out.write(items.map((item) => stringify(item, { aliasDuplicateObjects: false })).join('---\n'));
  return exitCodes.ok;
}

function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    throw badInput(error.message, 'Name provider types of docs/kubernetes.md, or none for all of them.');
  }
}

function parseNamespace(text: string): string {
  if (namespaceName.safeParse(text).success) return text;
  throw new InvalidArgumentError('It is no name of a namespace.');
}

function parseObjectName(text: string): string {
  if (objectName.safeParse(text).success) return text;
  throw new InvalidArgumentError('It is no name of an object.');
}

function parseRole(text: string): KubeRole {
  const role = kubeRoles.find((one) => one === text);
  if (role !== undefined) return role;
  throw new InvalidArgumentError(`Allowed: ${kubeRoles.join(', ')}.`);
}

export function rbacCommand(act: Act, run: Run<RbacOptions> = runRbac): Command {
  // Not a `verb`: it asks no API.
  return new Command('rbac')
    .description('print the Kubernetes accounts and rights that worker, API and guard need')
    .option(
      '--provider <type>',
      'a provider type that plans use; repeatable (default: all of traffic and workload)',
      collect((text) => text),
    )
    .option(
      '--secret <name>',
      'a Secret in the lease namespace that settings name; repeatable (default: none)',
      collect(parseObjectName),
    )
    .option(
      '--namespace <name>',
      'where routes and workloads are; repeatable (default: default)',
      collect(parseNamespace),
    )
    .addOption(new Option('--all-namespaces', 'wherever they are').conflicts('namespace'))
    .option('--lease-namespace <name>', 'where the Leases and the accounts are', parseNamespace, 'sluice')
    .option('--role <part>', 'api, worker or guard; repeatable (default: all)', collect(parseRole))
    .option('--json', 'print one List as JSON')
    .addHelpText('after', exitCodeHelp('local'))
    .action((flags: RbacOptions) => act(flags, (io) => run(flags, io)));
}
