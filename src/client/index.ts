/** What users of the client import. */
export { ApiError, type ClientCode } from './api-error.ts';
export { createClient, type SluiceClient } from './client.ts';
export type { Followed, FollowedRun } from './follow.ts';
export type { ClientSettings } from './send.ts';
export type { StreamLost, StreamOptions } from './stream.ts';
export type { Answered, AnswerOf, CallOptions, OperationName, RequestOf } from './types.ts';
export type { BoardSign } from './watch.ts';
