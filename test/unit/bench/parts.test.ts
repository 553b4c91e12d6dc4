/** What becomes of the parts of a bench that is stopped in the middle. */
import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { Parts } from '../../../bench/support/parts.ts';

function bench() {
  const seen: string[] = [];
  const host = Object.assign(new EventEmitter(), {
    exit: (code: number) => {
      seen.push(`exit ${code}`);
      host.emit('ended');
    },
  });
  const part = (name: string, stop = async () => {}) => ({
    stop: async () => {
      seen.push(name);
      await stop();
    },
  });
  return { seen, host, part, parts: new Parts(host), ended: once(host, 'ended') };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])('%s stops all of them, the last one first, and then ends the bench with %d', async (signal, code) => {
  const { seen, host, part, parts, ended } = bench();
  await parts.keep(Promise.resolve(part('data plane')));
  await parts.keep(Promise.resolve(part('worker')));
  host.emit(signal);
  host.emit(signal);
  await ended;
  expect(seen).toEqual(['worker', 'data plane', `exit ${code}`]);
});

test('a part that was only just being started is stopped once it is there, and one that never comes holds up nothing', async () => {
  const { seen, host, part, parts, ended } = bench();
  let comes = (_: ReturnType<typeof part>) => {};
  const kept = parts.keep(new Promise<ReturnType<typeof part>>((resolve) => (comes = resolve)));
  const failed = parts.keep(Promise.reject(new Error('it did not start')));
  host.emit('SIGTERM');
  await expect(failed).rejects.toThrow('it did not start');
  comes(part('late'));
  await kept;
  await ended;
  expect(seen).toEqual(['late', 'exit 143']);
});

test('one that cannot be stopped keeps no other, and faults of the bench do not end it before', async () => {
  const { seen, host, part, parts, ended } = bench();
  const stuck = async () => {
    throw new Error('it was stopped already');
  };
  await parts.keep(Promise.resolve(part('first')));
  await parts.keep(Promise.resolve(part('stuck', stuck)));
  host.emit('SIGTERM');
  expect(host.emit('uncaughtException', new Error('nobody answers'))).toBe(true);
  expect(host.emit('unhandledRejection', new Error('nobody answers'))).toBe(true);
  await ended;
  expect(seen).toEqual(['stuck', 'first', 'exit 143']);
});
