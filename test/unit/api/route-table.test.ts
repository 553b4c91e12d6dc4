import { expect, it } from 'vitest';
import { templateOf } from '../../../src/api/route-table.ts';

it('names a route without what its parameters say to the router', () => {
  expect(templateOf('/v1/rollouts/:environment/:service/:command(^promote|pause$)')).toBe(
    '/v1/rollouts/:environment/:service/:command',
  );
  expect(templateOf('/v1/rollouts/:environment/:service')).toBe('/v1/rollouts/:environment/:service');
});
