/** A terminal that remembers, and a real API over fake rollouts on a loopback port. */
import { createApp } from '../../../src/api/app.ts';
import type { NoticeService, RolloutService } from '../../../src/api/service.ts';
import type { Io, Output } from '../../../src/cli/io.ts';
import { main } from '../../../src/cli/program.ts';
import { fakeDeps, fakeNotices, fakeRollouts } from '../api/fakes.ts';

interface FakeIo extends Io {
  readonly printed: { out: string; err: string };
  readonly interrupt: AbortController;
}

export function fakeIo(changes: Partial<Io> & { isTTY?: boolean } = {}): FakeIo {
  const printed = { out: '', err: '' };
  const interrupt = new AbortController();
  const output = (name: 'out' | 'err'): Output => ({
    write: (text) => {
      printed[name] += text;
    },
    isTTY: changes.isTTY ?? false,
    columns: 120,
    rows: 40,
  });
  return {
    printed,
    interrupt,
    out: output('out'),
    err: output('err'),
    env: { USER: 'ada' },
    cwd: '/nowhere',
    fetch: (input, init) => fetch(input, init),
    now: () => Date.now(),
    sleep: async () => {},
    canAsk: false,
    ask: async () => '',
    keys: () => () => {},
    resized: () => () => {},
    readText: async () => 'version: v2\n',
    writeText: async () => {},
    makeFolder: async () => {},
    replaceText: async () => {},
    interrupted: () => interrupt.signal,
    ...changes,
  };
}

export interface FakeApi {
  readonly url: string;
  readonly calls: ReturnType<typeof fakeRollouts>['calls'];
  close(): Promise<void>;
}

export async function serveApi(
  overrides: Partial<RolloutService>,
  notices: Partial<NoticeService> = {},
): Promise<FakeApi> {
  const rollouts = fakeRollouts(overrides);
  const app = await createApp({ ...fakeDeps(rollouts), notices: fakeNotices(notices) }, { pollMs: 5 });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, calls: rollouts.calls, close: () => app.close() };
}

/** Runs `sluice <args>` against an API with these rollouts. */
export async function sluice(
  args: readonly string[],
  overrides: Partial<RolloutService> = {},
  io: FakeIo = fakeIo(),
  notices: Partial<NoticeService> = {},
): Promise<{ code: number; out: string; err: string; calls: FakeApi['calls'] }> {
  const api = await serveApi(overrides, notices);
  try {
    const code = await main([...args, '--api', api.url], io);
    return { code, ...io.printed, calls: api.calls };
  } finally {
    await api.close();
  }
}
