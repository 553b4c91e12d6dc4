/** The client of the API: one typed method for each operation of the contract, and following a rollout. It runs in browsers too. */
import type { BoardQuery } from '../api/contract/board.ts';
import { type Followed, type FollowedRun, followRollout } from './follow.ts';
import { routes } from './routes.ts';
import { type ClientSettings, sendAndRead } from './send.ts';
import type { StreamOptions } from './stream.ts';
import type { Answering, Call, CallOptions, OperationName, RequestOf } from './types.ts';
import { type BoardSign, watchRollouts } from './watch.ts';

type Answered = Exclude<OperationName, Answering<'events'>>;

export type SluiceClient = { readonly [N in Answered]: Call<N> } & {
  /** Its views as they change, through lost connections. */
  follow(run: FollowedRun, options?: StreamOptions): AsyncGenerator<Followed>;
  /** All that run, as they change, through lost connections. */
  watch(query?: BoardQuery, options?: StreamOptions): AsyncGenerator<BoardSign>;
};

/** Answers are taken as the contract says they are: whoever cannot trust the API reads them with its schemas. */
export function createClient(settings: ClientSettings): SluiceClient {
  const methods: Record<string, unknown> = {};
  for (const name of Object.keys(routes)) {
    methods[name] = async (request: RequestOf<Answered> | undefined, options: CallOptions = {}) => {
      const { value } = await sendAndRead(settings, name as Answered, request ?? {}, options);
      return value;
    };
  }
  methods.follow = (run: FollowedRun, options?: StreamOptions) => followRollout(settings, run, options);
  methods.watch = (query: BoardQuery = {}, options?: StreamOptions) =>
    watchRollouts(settings, query, options);
  // The table has every operation, which its own type says.
  return methods as unknown as SluiceClient;
}
