/** The types of requests and answers, taken from the contract; nothing of it is left at run time. */
import type { z } from 'zod';
import type { OperationName, Operations } from '../api/contract/operations.ts';

export type { OperationName } from '../api/contract/operations.ts';

/** The names of the operations whose answer is of a kind. */
export type Answering<K> = {
  [N in OperationName]: Operations[N]['answer'] extends K ? N : never;
}[OperationName];

/** The names of the operations that have one answer, not a stream of them. */
export type Answered = Exclude<OperationName, Answering<'events'>>;

/** What is undefined is not asked for. */
type Asked<Q extends z.ZodObject> = {
  readonly [K in keyof Q['shape']]?: z.output<Q['shape'][K]> | undefined;
};

/** What is sent is not changed, so it may be read-only. */
type Sent<T> = T extends object ? { readonly [K in keyof T]: Sent<T[K]> } : T;

type Where<O> = (O extends { readonly params: infer P extends z.ZodType } ? z.output<P> : unknown) &
  (O extends { readonly query: infer Q extends z.ZodObject } ? Asked<Q> : unknown);
type Body<O> = O extends { readonly body: infer B extends z.ZodType }
  ? { readonly body: Sent<z.input<B>> }
  : unknown;

/** Parts of the path and of the query side by side, and the body. */
export type RequestOf<N extends OperationName> = Where<Operations[N]> & Body<Operations[N]>;

type Read<A> = A extends z.ZodType ? z.output<A> : A extends 'text' ? string : ArrayBuffer;
export type AnswerOf<N extends OperationName> = Read<Operations[N]['answer']>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for the whole answer. Default 60,000. */
  readonly withinMs?: number;
  /** The same key and request are carried out once. */
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What every call, by name, is given; nothing need be said where nothing is asked for. */
export type Call<N extends OperationName> =
  Record<never, never> extends RequestOf<N>
    ? (request?: RequestOf<N>, options?: CallOptions) => Promise<AnswerOf<N>>
    : (request: RequestOf<N>, options?: CallOptions) => Promise<AnswerOf<N>>;
