/** The shares that a canary has one after the other, looked at so often that none is missed. */
import { effectivePercent, type TrafficProvider } from '../../src/providers/traffic/types.ts';

interface SeenShare {
  readonly percent: number;
  /** End of the lease when it had this share last, epoch milliseconds. */
  readonly leaseUntilMs: number;
}

interface Shares {
  /** So far, percent. */
  readonly percents: readonly number[];
  stop(): readonly SeenShare[];
}

const everyMs = 5;

/** For a data plane that answers at once. */
export function recordShares(traffic: TrafficProvider, targetId: string): Shares {
  const seen: SeenShare[] = [];
  const look = async () => {
    const state = await traffic.read({ id: targetId, options: {} });
    const percent = effectivePercent(state, Date.now());
    if (percent === seen.at(-1)?.percent) seen.pop();
    seen.push({ percent, leaseUntilMs: state.leaseUntilMs });
  };
  const timer = setInterval(() => void look(), everyMs);
  return {
    get percents() {
      return seen.map(({ percent }) => percent);
    },
    stop: () => {
      clearInterval(timer);
      return seen;
    },
  };
}
