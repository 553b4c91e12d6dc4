/**
 * The client of the API: one typed method for each operation of the contract, and following a rollout. It runs in
 * browsers too.
 */
import type { BoardQuery } from '../api/contract/board.ts';
import { type Followed, type FollowedRun, followRollout } from './follow.ts';
import { routes } from './routes.ts';
import { type ClientSettings, sendAndRead, urlOf } from './send.ts';
import type { StreamOptions } from './stream.ts';
import type { Answered, AnswerOf, Call, CallOptions, RequestOf } from './types.ts';
import { type BoardSign, watchRollouts } from './watch.ts';

export type SluiceClient = { readonly [N in Answered]: Call<N> } & {
  /** Any of them by its name, for what treats many of them alike. */
  call<N extends Answered>(name: N, request: RequestOf<N>, options?: CallOptions): Promise<AnswerOf<N>>;
  /** Where an operation that reads is, for links to what the browser opens or saves by itself. */
  urlOf<N extends Answered>(name: N, request: RequestOf<N>): string;
  /** Its views as they change, through lost connections. */
  follow(run: FollowedRun, options?: StreamOptions): AsyncGenerator<Followed>;
  /** All that run, as they change, through lost connections. */
  watch(query?: BoardQuery, options?: StreamOptions): AsyncGenerator<BoardSign>;
};

/** Answers are taken as the contract says they are: whoever cannot trust the API reads them with its schemas. */
export function createClient(settings: ClientSettings): SluiceClient {
  const call = async (name: Answered, request: RequestOf<Answered> | undefined, options: CallOptions = {}) =>
    (await sendAndRead(settings, name, request ?? {}, options)).value;
  const methods: Record<string, unknown> = { call };
  for (const name of Object.keys(routes)) {
    methods[name] = (request: RequestOf<Answered> | undefined, options?: CallOptions) =>
      call(name as Answered, request, options);
  }
  methods.urlOf = (name: Answered, request: RequestOf<Answered>) => urlOf(settings, name, request);
  methods.follow = (run: FollowedRun, options?: StreamOptions) => followRollout(settings, run, options);
  methods.watch = (query: BoardQuery = {}, options?: StreamOptions) =>
    watchRollouts(settings, query, options);
  // The table has every operation, which its own type says.
  return methods as unknown as SluiceClient;
}
