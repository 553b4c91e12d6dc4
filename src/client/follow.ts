/** Follows one rollout to its end: its views as they change, and whether they may be old. */
import { hasEnded } from '../api/contract/ended.ts';
import type { RolloutView, Trouble } from '../api/contract/rollouts.ts';
import { type ClientSettings, send } from './send.ts';
import { keptOpen, type StreamLost, type StreamOptions, streamHeaders } from './stream.ts';

export type Followed =
  | { readonly kind: 'view'; readonly view: RolloutView; readonly raw: unknown; readonly atMs: number }
  /** The API itself cannot see the rollout now. */
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly atMs: number }
  | { readonly kind: 'alive'; readonly atMs: number }
  | StreamLost;

export interface FollowedRun {
  readonly environment: string;
  readonly service: string;
  /** Default: the latest. */
  readonly run?: string;
}

/** How the data of events are read. Default: as they come, which is what the contract says they are. */
interface Reader {
  view(data: unknown): RolloutView;
  trouble(data: unknown): Trouble;
}

const trusting: Reader = { view: (data) => data as RolloutView, trouble: (data) => data as Trouble };

/** Ends when the rollout has ended. Throws when it is unknown, when access is refused, and at the signal. */
export async function* followRollout(
  settings: ClientSettings,
  target: FollowedRun,
  options: StreamOptions & { readonly reader?: Reader } = {},
): AsyncGenerator<Followed> {
  const { reader = trusting } = options;
  let asked = target;
  const connect = (lastEventId: string | null, signal: AbortSignal) =>
    send(settings, 'followRollout', asked, {
      signal,
      headers: streamHeaders(lastEventId),
    });
  for await (const sign of keptOpen(connect, options)) {
    if (sign.kind !== 'event') {
      yield sign;
      continue;
    }
    const { event, atMs } = sign;
    if (event.event === 'trouble') {
      yield { kind: 'trouble', trouble: reader.trouble(JSON.parse(event.data)), atMs };
    }
    if (event.event !== 'status') continue;
    const raw: unknown = JSON.parse(event.data);
    const view = reader.view(raw);
    // The next rollout of the target is not to be mistaken for this one.
    asked = { ...target, run: view.runId };
    yield { kind: 'view', view, raw, atMs };
    if (hasEnded(view)) return;
  }
}
