import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KubeError } from '../../../../src/providers/kube/errors.ts';
import { SecretReader } from '../../../../src/providers/kube/secret.ts';

const key = { name: 'tokens', key: 'ci' };
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

function cluster(...answers: (string | null | Error)[]) {
  const seen = { asked: 0 };
  const reader = new SecretReader(async () => {
    seen.asked += 1;
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer ?? null;
  });
  return { reader, seen };
}

it('keeps the last value while the cluster does not answer, and takes the next one', async () => {
  const { reader } = cluster('first', new KubeError('unavailable', 'away'), 'second');
  expect(await reader.read(key)).toBe('first');
  later(31_000);
  expect(await reader.read(key)).toBe('first');
  later(1_001);
  expect(await reader.read(key)).toBe('second');
});

it('keeps nothing that is gone, or may not be read any more', async () => {
  for (const gone of [null, new KubeError('forbidden', 'no')]) {
    const { reader } = cluster('first', gone);
    await reader.read(key);
    later(31_000);
    expect(await reader.read(key)).toBeNull();
  }
});

it('asks once for all who ask at a time, and not at once again for what is not there', async () => {
  const { reader, seen } = cluster(null);
  expect(await Promise.all([reader.read(key), reader.read(key)])).toEqual([null, null]);
  await reader.read(key);
  expect(seen.asked).toBe(1);
  later(1_001);
  await reader.read(key);
  expect(seen.asked).toBe(2);
});
