import { expect, it } from 'vitest';
import { Turns } from '../../../src/providers/turns.ts';

const never = new AbortController().signal;

it('lets so many run at a time, the urgent first', async () => {
  const turns = new Turns(1);
  const order: string[] = [];
  await turns.take(false, never);
  const waiting = [false, false, true].map(async (urgent, index) => {
    await turns.take(urgent, never);
    order.push(`${index}${urgent ? ' urgent' : ''}`);
    turns.done();
  });
  turns.done();
  await Promise.all(waiting);
  expect(order).toEqual(['2 urgent', '0', '1']);
});

it('lets nobody run who has given up, and loses no turn by it', async () => {
  const turns = new Turns(1);
  await turns.take(false, never);
  const impatient = new AbortController();
  const given = turns.take(true, impatient.signal);
  const patient = turns.take(false, never);
  impatient.abort();
  expect(await given).toBe(false);
  expect(await turns.take(false, AbortSignal.abort())).toBe(false);
  turns.done();
  expect(await patient).toBe(true);
  turns.done();
  expect(await turns.take(false, never)).toBe(true);
});
