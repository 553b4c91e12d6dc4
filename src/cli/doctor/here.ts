/** What the doctor can tell without asking anybody: Node, and the token that would be sent. */
import { decodeJwt } from 'jose';
import { formatDuration } from '../../domain/duration.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Io } from '../io.ts';
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
export function tokenFinding({ env, now }: Pick<Io, 'env' | 'now'>): Finding | null {
  const token = env.SLUICE_TOKEN?.trim();
  if (!token) return null;
  if (/^slc_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$/.test(token))
    return ok('token', 'an API token, from SLUICE_TOKEN');
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined
      ? ok('token', 'a bearer token without an end, from SLUICE_TOKEN')
      : endOf('token', 'the bearer token in SLUICE_TOKEN', exp * 1000, now());
  } catch (error) {
    return wrong(
      'token',
      `SLUICE_TOKEN is neither an API token nor a JWT: ${messageOf(error)}`,
      'Copy the whole token; API tokens begin with slc_.',
    );
  }
}

/** Short-lived tokens of pipelines are meant to end soon. */
function endOf(name: string, what: string, endMs: number, nowMs: number): Finding {
  const until = `${stamp(endMs)} UTC`;
  if (endMs <= nowMs) return wrong(name, `${what} ended at ${until}`, 'Ask for a new one.');
  return ok(name, `${what} is good until ${until}`);
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
