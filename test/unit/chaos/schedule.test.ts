import { describe, expect, it } from 'vitest';
import { parsePlanText } from '../../../src/domain/plan/schema.ts';
import { defaultCatalogue } from '../../../src/providers/default-catalogue.ts';
import { chaosPlan } from '../../chaos/plan.ts';
import { Random } from '../../chaos/random.ts';
import { scheduleOf } from '../../chaos/schedule.ts';

describe('the schedule of a chaos run', () => {
  it('is the same for the same seed and run, and another for another', () => {
    expect(scheduleOf(7, 3)).toEqual(scheduleOf(7, 3));
    expect(scheduleOf(7, 3)).not.toEqual({ ...scheduleOf(7, 4), run: 3, version: scheduleOf(7, 3).version });
    expect(scheduleOf(7, 3).faults).not.toEqual(scheduleOf(8, 3).faults);
  });

  it('hits every part in every way over some runs, with good and with bad versions, and with every command', () => {
    const schedules = Array.from({ length: 300 }, (_, run) => scheduleOf(1, run));
    const faults = schedules.flatMap((schedule) => schedule.faults);
    expect(new Set(faults.map(({ victim, kind }) => `${kind} ${victim}`)).size).toBe(12);
    expect(new Set(schedules.map(({ good }) => good)).size).toBe(2);
    expect(new Set(schedules.map(({ way }) => way)).size).toBe(4);
    const orders = schedules.flatMap((schedule) => schedule.orders);
    expect(new Set(orders.map(({ name }) => name)).size).toBe(4);
    for (const { faults } of schedules) {
      expect(faults.length).toBeGreaterThanOrEqual(1);
      expect(faults.length).toBeLessThanOrEqual(3);
    }
  });

  it('has a plan for every way back that is a plan, and one that takes its time where it may', () => {
    for (const way of ['immediate', 'gradual', 'phased', 'blue-green'] as const) {
      const reading = parsePlanText(chaosPlan({ ...scheduleOf(1, 1), way }), defaultCatalogue());
      expect(reading.ok ? reading.plan.rollback.strategy : reading.problems).toBe(way);
      expect(reading.ok && reading.plan.analysis.onInconclusive).toBe(
        way === 'gradual' ? 'rollback' : 'hold',
      );
    }
  });

  it('draws evenly', () => {
    const random = new Random(1, 1);
    const draws = Array.from({ length: 10_000 }, () => random.next());
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
    for (const tenth of Array.from({ length: 10 }, (_, index) => index)) {
      const share = draws.filter((draw) => Math.floor(draw * 10) === tenth).length / draws.length;
      expect(share).toBeGreaterThan(0.08);
      expect(share).toBeLessThan(0.12);
    }
  });
});
