/**
 * What a page is about, asked again and again: when that fails the header says so, and how old is what is still shown.
 */
import type { Answered, AnswerOf, RequestOf } from '../../client/index.ts';
import { isAway, useReport } from './connection.ts';
import { kindOf } from './heard.ts';
import { type Query, useQuery } from './use-query.ts';

/**
 * Null as a request asks nothing and reports nothing. `problem` is null while older data is shown and the next question
 * may be answered again: the banner has told of it.
 */
export function usePolled<N extends Answered>(
  name: N,
  request: RequestOf<N> | null,
  everyMs: number,
): Query<AnswerOf<N>> {
  const query = useQuery(name, request, everyMs);
  const { data, problem, atMs } = query;
  const kind = kindOf(data, problem);
  const away = isAway(kind);
  const isOld = away || kind === 'refused';
  // Between two answers it is as old as it has to be.
  const connection = { kind, asOfMs: isOld ? atMs : null, why: isOld ? (problem?.detail ?? null) : null };
  useReport(name, request === null ? null : connection);
  return away && data !== null ? { ...query, problem: null } : query;
}
