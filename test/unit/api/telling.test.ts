/** When the workflow is told: after its own stop, after those of others, or at once where the stop fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Calm } from '../../../src/api/express/calm.ts';
import { Telling } from '../../../src/api/express/telling.ts';

const never = new Promise<never>(() => {});
const lost = () => {};

describe('the workflow', () => {
  test('is told in time although its own stop hangs, and at once when it fails', async () => {
    const telling = new Telling(new Calm());
    const failed = telling.after(Promise.reject(new Error('no')), async () => 'told');
    const hanging = telling.after(never, async () => 'told');
    expect(await Promise.race([failed, sleep(80, 'late')])).toBe('told');
    expect(await hanging).toBe('told');
  });

  test('in a storm is told later, and as soon as its stop turns out to have failed', async () => {
    const calm = new Calm();
    const telling = new Telling(calm);
    for (let others = 0; others < 300; others++) void calm.during(() => never);
    let fail = (_: boolean) => {};
    const stopped = new Promise<boolean>((resolve) => {
      fail = resolve;
    });
    const told = telling.after(stopped, async () => 'told');
    expect(await Promise.race([told, sleep(300, 'not yet')])).toBe('not yet');
    fail(false);
    expect(await told).toBe('told');
  });

  test('is told of who came before first', async () => {
    const telling = new Telling(new Calm());
    const told: string[] = [];
    const tell = (name: string) => async () => told.push(name) > 0;
    void telling.late.add({
      target: 'demo/shop',
      askedMs: 0,
      tell: tell('ann'),
      isPassing: () => true,
      lost,
    });
    expect(telling.untold).toBe(1);
    await telling.after(Promise.resolve(true), tell('bob'), 'demo/shop');
    expect([told, telling.untold]).toEqual([['ann', 'bob'], 0]);
  });

  test('may be left to itself by those who are safe as soon as many more are to be told', async () => {
    const telling = new Telling(new Calm());
    const { over: patient, shorten } = telling.patience(60_000);
    shorten();
    const gone = telling.patience(60_000);
    gone.end();
    expect(await gone.over).toBeNull();
    const few = Array.from({ length: 20 }, () => telling.after(never, () => never));
    expect(await Promise.race([patient, Promise.resolve('still waiting')])).toBe('still waiting');
    few.push(telling.after(never, () => never));
    expect(await patient).toBeNull();
    const unsafe = telling.patience(60_000);
    const safe = telling.patience(60_000);
    safe.shorten();
    expect(await Promise.race([unsafe.over, safe.over.then(() => 'the one who is safe')])).toBe(
      'the one who is safe',
    );
    unsafe.end();
  });
});
