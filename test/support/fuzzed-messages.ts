/** Signals and updates of all kinds, right ones and wrong ones, as a workflow may be sent them. */
import fc from 'fast-check';
import { commandNames } from '../../src/domain/rollout/types.ts';

/** As a payload converter could hand it over: JSON, or nothing. */
const anything = fc.oneof(fc.jsonValue(), fc.constant(undefined));
const fields = 'actor reason requestId full for link id type severity scope to'.split(' ');
/** Right fields with wrong values are what gets furthest. */
export const fuzzedPayload = fc.oneof(
  anything,
  fc.dictionary(
    fc.constantFrom(...fields),
    fc.oneof(anything, fc.string({ maxLength: 600 }), fc.constantFrom('1h', 'critical', 'security', true)),
  ),
);
export const fuzzedMessage = fc.record({
  name: fc.constantFrom(...commandNames, 'event' as const),
  via: fc.constantFrom('update' as const, 'signal' as const),
  sent: fuzzedPayload,
});
