/** A second API over a stack of its own parts, which asks everybody who they are: at an OpenID provider, or by token. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSluiceProcess } from '../../bench/support/sluice-process.ts';
import { makeToken } from '../../src/api/access/tokens.ts';
import { freePort } from './free-ports.ts';
import { startProvider } from './openid/process.ts';

export interface GuardedApi {
  readonly url: string;
  /** Of an admin of everything. */
  readonly token: string;
  stop(): Promise<void>;
}

/** Ann may do everything, bob answer what is asked. `config`: of the stack. */
export async function startGuardedApi(config: Readonly<Record<string, unknown>>): Promise<GuardedApi> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-guarded-'));
  const keep = (name: string, text: string) => {
    const file = join(home, name);
    writeFileSync(file, text);
    return { file };
  };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = await startProvider([`${url}/auth/callback`]);
  const grants = [{ role: 'admin' as const, environments: ['*'], services: ['*'] }];
  const { token, entry } = makeToken('laptop', grants, Date.now(), 3_600_000);
  const login = {
    clientId: 'sluice',
    clientSecret: keep('client-secret', 'a client secret'),
    name: 'Our own people',
  };
  const auth = {
    tokens: keep('tokens.yaml', JSON.stringify({ tokens: [entry] })).file,
    oidc: [{ issuer: provider.issuer, audience: 'sluice', nameClaim: 'email', login }],
    grants: [
      { role: 'admin', to: ['ann@example.com'] },
      { role: 'approver', to: ['bob@example.com'] },
    ],
    sessions: {
      keys: [keep('session-key', randomBytes(32).toString('base64'))],
      folder: join(home, 'sessions'),
    },
  };
  const approvals = { secret: keep('approval-secret', randomBytes(32).toString('base64')) };
  const api = await startSluiceProcess('api', {
    ...config,
    api: { host: '127.0.0.1', port },
    auth,
    approvals,
  });
  return {
    url,
    token,
    stop: async () => {
      await Promise.all([api.stop(), provider.stop()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
