/** What the bar of a stop of everything says, and when there is surely none. */
import { expect, test } from 'vitest';
import { isNoneInForce, stopText } from '../../../../src/dashboard/shell/stop-text.ts';

const of = (a: boolean | null, b: boolean | null) => ({
  stops: [
    { traffic: 'haproxy', stopped: a },
    { traffic: 'edge', stopped: b },
  ],
  orders: [],
});

test('the bar says what is stopped, and is away while nothing is known to be', () => {
  expect(stopText(of(true, true))).toMatch(/^Everything is stopped/);
  expect(stopText(of(true, false))).toMatch(/^Everything behind haproxy is stopped/);
  expect(stopText(of(false, true))).toMatch(/^Everything behind edge is stopped/);
  expect(stopText(of(false, null))).toBeNull();
});

test('a data plane that does not answer may be stopped', () => {
  expect([of(false, false), of(false, null), of(true, false)].map(isNoneInForce)).toEqual([
    true,
    false,
    false,
  ]);
});
