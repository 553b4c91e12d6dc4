import { expect, it } from 'vitest';
import { emergencyNotice } from '../../../../src/domain/emergency/notices.ts';
import { onFound, onSwept, openedState } from '../../../../src/domain/emergency/state.ts';
import type { TargetLook } from '../../../../src/domain/emergency/sweep.ts';

const order = { id: 'all', scope: ['all'], to: null, actor: 'ann', reason: 'fire', stoppedAll: [] };
const back: TargetLook = {
  target: 'prod/shop',
  traffic: 'main',
  runId: 'run-1',
  told: true,
  promoted: false,
  good: true,
  done: true,
  left: false,
  reason: null,
  version: null,
  switched: false,
};
const left: TargetLook = {
  ...back,
  target: 'prod/cart',
  good: false,
  left: true,
  reason: 'it ended promoted',
};

it.each([
  [[back], 'everything in the scope is back'],
  [[back, left], '1 of 2 in the scope could not be brought back'],
])('the end of an emergency says whether all came back (%#)', (looks, title) => {
  const found = { found: [], unseen: [], unknown: [], idle: [], problem: null };
  const opened = openedState(order, 0);
  const swept = onSwept(opened, onFound(opened, found, 100), [{ looks, released: [] }], 100);
  expect(emergencyNotice(swept, 'restored', 'run-1', 200)).toMatchObject({
    event: 'emergency.restored',
    title,
  });
});
