/** Awaits a condition by polling, within a bound; the error says what was last seen. */
import { setTimeout as sleep } from 'node:timers/promises';

interface WaitOptions {
  /** Default: a minute, which only a busy machine needs. */
  readonly timeoutMs?: number;
  /** Default: 50 ms. */
  readonly everyMs?: number;
  /** In its place: resolves when another probe may be worth while. It is called before each. */
  readonly change?: () => Promise<void>;
}

export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  options: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + (options.timeoutMs ?? 60_000);
  let last: unknown;
  while (Date.now() < deadline) {
    const change = options.change?.();
    try {
      const seen = await probe();
      if (seen !== undefined && seen !== null && seen !== false) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    await (change ?? sleep(options.everyMs ?? 50));
  }
  throw new Error(
    `waited in vain for ${what}; last seen: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}
