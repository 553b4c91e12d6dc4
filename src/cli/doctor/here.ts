/** What the doctor can tell without asking anybody: Node, and the token that would be sent. */
import { decodeJwt } from 'jose/jwt/decode';
import { idOf } from '../../api/access/tokens.ts';
import { formatDuration } from '../../domain/duration.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Token } from '../api-url.ts';
import { stamp } from '../text.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';

/** As `engines` of the package says. */
const leastNode = [20, 19] as const;

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = leastNode;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok('node', version);
  return wrong('node', `${version} is too old`, `Install Node ${leastNode.join('.')} or newer.`);
}

/** How long before its end a token is worth a word. */
const soonMs = 14 * 86_400_000;

/** An API token says nothing of its end to who has it; the operator's file does. */
export function tokenFinding({ value, from }: Token, nowMs: number): Finding {
  if (idOf(value) !== null) return ok('token', `an API token, from ${from}`);
  try {
    const { exp } = decodeJwt(value);
    if (exp === undefined) return ok('token', `a JWT without an end, from ${from}`);
    const until = `${stamp(exp * 1000)} UTC`;
    return exp * 1000 > nowMs
      ? ok('token', `a JWT that is good until ${until}, from ${from}`)
      : wrong('token', `the JWT from ${from} ended at ${until}`, 'Ask for a new one.');
  } catch (error) {
    return wrong(
      'token',
      `what ${from} has is neither an API token nor a JWT: ${messageOf(error)}`,
      'Copy the whole token; API tokens begin with slc_.',
    );
  }
}

/** Of the API tokens in the operator's file: which are over, and which will be soon. */
export function tokensFinding(
  file: string,
  tokens: readonly { readonly name: string; readonly expires: string }[],
  nowMs: number,
): Finding {
  const left = tokens.map(({ name, expires }) => ({ name, leftMs: Date.parse(expires) - nowMs }));
  const over = left.filter(({ leftMs }) => leftMs <= 0).map(({ name }) => name);
  const soon = left
    .filter(({ leftMs }) => leftMs > 0 && leftMs < soonMs)
    .map(({ name, leftMs }) => `${name} in ${formatDuration(Math.floor(leftMs / 60_000) * 60_000)}`);
  const said = [
    ...(over.length > 0 ? [`over: ${over.join(', ')}`] : []),
    ...(soon.length > 0 ? [`ending: ${soon.join(', ')}`] : []),
  ];
  const count = `${tokens.length} token${tokens.length === 1 ? '' : 's'} in ${file}`;
  if (said.length === 0) return ok('tokens', count);
  return warning(
    'tokens',
    `${count}; ${said.join('; ')}`,
    `Make new ones with \`sluice tokens create --file ${file}\`, and revoke those that are over.`,
  );
}
