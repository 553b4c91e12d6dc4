/** An API that cannot be reached: what happened in a line, and what to try, which follows from how it failed. */
import { type CliError, unavailable } from './cli-error.ts';

/** OpenSSL's codes for a certificate that this machine has no reason to believe. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

export function unreachableApi(url: string, why: string, error: unknown): CliError {
  const { said, advice } = told(url, why, codesOf(error));
  return unavailable(`The API at ${url} cannot be reached: ${said}.`, advice, error);
}

function told(url: string, why: string, codes: readonly string[]): { said: string; advice: string } {
  const { protocol, host } = new URL(url);
  const has = (...wanted: string[]) => codes.some((code) => wanted.includes(code));
  // The library's own words name source files of OpenSSL.
  if (has('ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG') || /wrong version/.test(why)) {
    return {
      said: 'it does not speak TLS there',
      advice: `Name it as http://${host}, or give its TLS port.`,
    };
  }
  if (codes.some((code) => untrusted.has(code))) {
    const advice = 'If you trust who signed it, name their certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem.';
    return { said: `this machine does not trust its certificate (${why})`, advice };
  }
  if (has('CERT_HAS_EXPIRED')) {
    return { said: 'its certificate has expired', advice: 'Have its operator put a new one into `api.tls`.' };
  }
  if (has('ERR_TLS_CERT_ALTNAME_INVALID')) {
    return { said: `its certificate is for another name (${why})`, advice: 'Use a name that is in it.' };
  }
  const said = why.replaceAll(/\s+/g, ' ').replace(/[.\s]+$/, '');
  if (protocol === 'http:' && has('UND_ERR_SOCKET', 'ECONNRESET')) {
    return { said, advice: `If it has TLS, name it as https://${host}; else see its log.` };
  }
  return { said, advice: isNear(url) ? near : far };
}

const near =
  'Start the local stack with `sluice up`, or name another API with --api, SLUICE_API or a context.';
const far =
  'Check the name, the network (VPN, firewall) and that the API runs; `sluice context list` has your APIs.';

/** Whether it is on this machine. */
export function isNear(url: string): boolean {
  const { hostname } = new URL(url);
  // A name such as 127.example.com is anybody's.
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Of the error and all that caused it. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let one = error; one instanceof Error && codes.length < 10; one = one.cause) {
    codes.push('code' in one && typeof one.code === 'string' ? one.code : '');
  }
  return codes;
}
