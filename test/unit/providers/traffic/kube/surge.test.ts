import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Surge } from '../../../../../src/providers/traffic/kube/surge.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function newsOf(surge: Surge): { readonly told: string[]; tell(name: string): object } {
  const told: string[] = [];
  return {
    told,
    tell: (name) => {
      const asker = { name };
      surge.pass(asker, () => void told.push(name));
      return asker;
    },
  };
}

const names = (count: number) => Array.from({ length: count }, (_, number) => `${number}`);

describe('news of routes that are home', () => {
  it('are passed on at once while they are few', () => {
    const { told, tell } = newsOf(new Surge());
    for (const name of names(8)) {
      tell(name);
      vi.advanceTimersByTime(400);
    }
    expect(told).toEqual(names(8));
  });

  it('are passed on one after the other when many came at once, after the last of them', () => {
    const { told, tell } = newsOf(new Surge());
    for (const name of names(25)) {
      tell(name);
      vi.advanceTimersByTime(10);
    }
    const before = told.length;
    expect(before).toBeLessThan(8);
    vi.advanceTimersByTime(350);
    expect(told.length).toBeLessThan(before + 5);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(names(25));
  });

  it('are passed on while more and more come, after a while', () => {
    const { told, tell } = newsOf(new Surge());
    for (const name of names(100)) {
      tell(name);
      vi.advanceTimersByTime(50);
    }
    expect(told.length).toBeGreaterThan(20);
  });

  it('are kept from who asks no more', () => {
    const surge = new Surge();
    const { told, tell } = newsOf(surge);
    for (const name of names(5)) tell(name);
    const asker = tell('late');
    expect(surge.holdsFor(asker)).toBe(true);
    surge.drop(asker);
    vi.advanceTimersByTime(5_000);
    expect(told).toEqual(names(5));
  });
});
