/** Counts every attempt of a call to Temporal, and how long its answer took. */
import { InterceptingCall, type Interceptor, ListenerBuilder, RequesterBuilder, status } from '@grpc/grpc-js';

type TakeCall = (method: string, status: string, tookMs: number) => void;

/** To be the innermost interceptor of the connection, so that repetitions are counted too. */
export function countedCalls(take: TakeCall): Interceptor {
  return (options, nextCall) => {
    const method = options.method_definition.path.split('/').at(-1) ?? '';
    const startedMs = performance.now();
    const listener = new ListenerBuilder()
      .withOnReceiveStatus((answer, next) => {
        take(method, status[answer.code] ?? String(answer.code), performance.now() - startedMs);
        next(answer);
      })
      .build();
    const requester = new RequesterBuilder()
      .withStart((metadata, _, next) => next(metadata, listener))
      .build();
    return new InterceptingCall(nextCall(options), requester);
  };
}
