/**
 * What the test cluster is made of, each at its exact version: programs built with Go, and custom resource definitions.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Go modules whose go.mod and go.sum pin the programs. */
const modulesDir = join(dirname(fileURLToPath(import.meta.url)), 'programs');

/**
 * @typedef {'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok' | 'kubectl'
 *   | 'helm'} ProgramName
 */
/**
 * @typedef {object} Program
 * @property {ProgramName} name
 * @property {'control-plane' | 'kwok'} module the folder of the Go module that pins it
 * @property {string} source its Go package
 * @property {string[]} asks the arguments with which it tells its version
 * @property {{ least: [number, number], only?: boolean }} fits which of its versions will do, if one is on this machine
 */

/** @type {[number, number]} */
const KUBERNETES = [1, 34];
const HELM = 'helm.sh/helm/v4';

/** @type {Program[]} */
export const programs = [
  // kwok's watches fail on 3.4.
  program('etcd', 'go.etcd.io/etcd/server/v3', { least: [3, 5] }),
  // These three must be of one minor version.
  program('kube-apiserver', 'k8s.io/kubernetes/cmd/kube-apiserver', { least: KUBERNETES, only: true }),
  program('kube-controller-manager', 'k8s.io/kubernetes/cmd/kube-controller-manager', {
    least: KUBERNETES,
    only: true,
  }),
  program('kube-scheduler', 'k8s.io/kubernetes/cmd/kube-scheduler', { least: KUBERNETES, only: true }),
  { ...program('kwok', 'sigs.k8s.io/kwok/cmd/kwok', { least: [0, 7] }), module: 'kwok' },
  {
    ...program('kubectl', 'k8s.io/kubernetes/cmd/kubectl', { least: [1, 33] }),
    asks: ['version', '--client'],
  },
  { ...program('helm', `${HELM}/cmd/helm`, { least: [3, 14] }), asks: ['version', '--short'] },
];

/** @param {ProgramName} name @param {string} source @param {Program['fits']} fits @returns {Program} */
function program(name, source, fits) {
  return { name, module: 'control-plane', source, asks: ['--version'], fits };
}

/**
 * @typedef {object} CrdSet
 * @property {string} name the folder that its definitions go to
 * @property {string} module
 * @property {string} version
 * @property {string} sum the module's checksum, as a go.sum has it
 * @property {RegExp} files which files of the module hold definitions
 * @property {string[]} [only] the full names of those that are kept
 */

const gatewayApi = {
  module: 'sigs.k8s.io/gateway-api',
  version: 'v1.7.0',
  sum: 'h1:duVnm7nO6oXfMMUWfcDoBph47CYR/ME3NGxccOVglaY=',
};

/** @type {CrdSet[]} */
export const crdSets = [
  {
    name: 'gateway-api-standard',
    ...gatewayApi,
    files: /^config\/crd\/standard\/gateway\.networking\.k8s\.io_.*\.yaml$/,
  },
  {
    name: 'gateway-api-experimental',
    ...gatewayApi,
    files: /^config\/crd\/experimental\/gateway\.networking\.k8s\.io_.*\.yaml$/,
  },
  {
    name: 'istio',
    module: 'istio.io/api',
    version: 'v1.32.0',
    sum: 'h1:37mJvg9I0biYZAEQF+MATs4FNeCpXEIVO3LFpVb6iNM=',
    files: /^kubernetes\/customresourcedefinitions\.gen\.yaml$/,
    only: ['virtualservices.networking.istio.io', 'destinationrules.networking.istio.io'],
  },
  {
    name: 'prometheus-operator',
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    files: /^example\/prometheus-operator-crd\/.*\.yaml$/,
    only: ['servicemonitors.monitoring.coreos.com', 'prometheusrules.monitoring.coreos.com'],
  },
];

/** @param {Program['module']} module */
export function folderOfModule(module) {
  return join(modulesDir, module);
}

/** The oldest Go that builds the programs. @returns {[number, number]} */
export function oldestGo() {
  const [, major = '0', minor = '0'] = /^go (\d+)\.(\d+)/m.exec(goMod()) ?? [];
  return [Number(major), Number(minor)];
}

/** The linker's flags: small programs that know their version. */
export function linkerFlags() {
  const version = pinned('k8s.io/kubernetes');
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const stamps = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const flags = Object.entries(stamps).map(([name, is]) => `-X k8s.io/component-base/version.${name}=${is}`);
  return ['-s -w', ...flags, `-X ${HELM}/internal/version.version=${pinned(HELM)}`].join(' ');
}

/** Changes with every pin, so that what is kept in a folder of this name is what is wanted. */
export function hashOfPins() {
  const sets = crdSets.map((set) => ({ ...set, files: set.files.source }));
  const hash = createHash('sha256').update(JSON.stringify([programs, sets, linkerFlags()]));
  for (const module of new Set(programs.map((each) => each.module))) {
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(folderOfModule(module), file)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** @param {string} module */
function pinned(module) {
  const line = goMod()
    .split('\n')
    .find((each) => each.startsWith(`\t${module} v`));
  return line?.split(' ')[1] ?? '';
}

function goMod() {
  return readFileSync(join(folderOfModule('control-plane'), 'go.mod'), 'utf8');
}
