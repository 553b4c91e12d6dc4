/** What the bar of a stop of everything says, and when there is surely none. */
import { expect, test } from 'vitest';
import {
  isNoneInForce,
  stopText,
  unseenText,
  withLastKnown,
} from '../../../../src/dashboard/shell/stop-text.ts';

const of = (a: boolean | null, b: boolean | null) => ({
  stops: [
    { traffic: 'haproxy', stopped: a },
    { traffic: 'edge', stopped: b },
  ],
  orders: [],
});

test('the bar says what is stopped, and is away while nothing is known to be', () => {
  expect(stopText(of(true, true))).toBe('All canaries are stopped; no rollout can begin.');
  expect(stopText(of(true, false))).toBe(
    'All canaries behind haproxy are stopped; no rollout can begin there.',
  );
  expect(stopText(of(false, true))).toMatch(/^All canaries behind edge are stopped/);
  expect(stopText(of(false, null))).toBeNull();
});

test('the bar stays while a data plane that is stopped is slow to answer, and goes once it is not stopped', () => {
  const slow = withLastKnown(withLastKnown(null, of(true, true)), of(null, true));
  expect(stopText(slow)).toMatch(/^All canaries are stopped/);
  expect(stopText(withLastKnown(slow, of(false, null)))).toMatch(/^All canaries behind edge/);
  expect(stopText(withLastKnown(slow, of(false, false)))).toBeNull();
});

test('where a data plane has never answered, it is told that nothing can be seen', () => {
  expect(unseenText(withLastKnown(null, of(false, null)))).toMatch(/cannot be seen: no answer from edge/);
  expect(unseenText(withLastKnown(of(false, false), of(false, null)))).toBeNull();
});

test('a data plane that does not answer may be stopped', () => {
  expect([of(false, false), of(false, null), of(true, false)].map(isNoneInForce)).toEqual([
    true,
    false,
    false,
  ]);
});
