/** The `rollback` part of a plan as people write it. What belongs together is checked in `rollback.ts`. */
import { z } from 'zod';
import { bounds, defaults } from '../defaults.ts';
import { actionKinds, rollbackStrategies, secondMeans } from '../types.ts';
import { dayMs, duration, hourMs, secondMs } from './duration-schema.ts';

const action = z.strictObject({
  action: z
    .enum(['stop-traffic', ...actionKinds])
    .describe('What is done. stop-traffic is always first and need not be written.'),
  hook: z.string().min(1).max(63).optional().describe("Name of one of the operator's hooks."),
  timeout: duration(secondMs, 10 * 60 * secondMs)
    .prefault(defaults.actionTimeout)
    .describe('Longest time for the action.'),
  onFailure: z
    .enum(['continue', 'stop'])
    .default(defaults.actionOnFailure)
    .describe('Whether a failure ends the list.'),
});

const verify = z.strictObject({
  checks: z.array(z.unknown()).min(1).max(bounds.checks).describe('Absolute checks, judged on stable.'),
  consecutive: z
    .int()
    .min(1)
    .max(100)
    .default(defaults.verifyLooks)
    .describe('So many looks in a row must pass; as many that fail end the verification.'),
  interval: duration(secondMs, hourMs).prefault(defaults.verifyInterval).describe('Time between two looks.'),
  timeout: duration(secondMs, hourMs)
    .prefault(defaults.verifyTimeout)
    .describe('Longest time of the verification.'),
});

export const rollbackField = z
  .strictObject({
    timeout: duration(secondMs, hourMs)
      .prefault(defaults.rollbackTimeout)
      .describe("From the decision to roll back until the canary's share reads 0."),
    confidence: z
      .number()
      .min(0.5)
      .max(0.999999)
      .optional()
      .describe(
        'A check that counts and is less sure than this holds the stage and asks. Default: analysis.confidence.',
      ),
    strategy: z
      .enum(rollbackStrategies)
      .default(defaults.strategy)
      .describe(
        'How traffic goes back: at once, step by step, at once with actions after it, or slot by slot.',
      ),
    over: duration(2 * secondMs, hourMs / 2)
      .optional()
      .describe('Of gradual: time for all steps, at most half of timeout.'),
    steps: z.int().min(2).max(20).optional().describe('Of gradual: number of equal steps. Default: 4.'),
    actions: z
      .array(action)
      .min(1)
      .max(bounds.actions)
      .optional()
      .describe('Of phased: what is done, in order, once all traffic is home.'),
    verify: verify.optional().describe('Judges the stable version after the restore, before the clean-up.'),
    cooldown: duration(0, 7 * dayMs)
      .prefault(defaults.cooldown)
      .describe('After a rollback no rollout of the target may begin for so long, unless forced.'),
    allowRepeat: z
      .boolean()
      .default(false)
      .describe('Whether a rollout forced into a cooldown may roll back by itself like any other.'),
    approval: z
      .boolean()
      .default(false)
      .describe('Whether a person must approve before a promoted version is rolled back by itself.'),
    proof: z
      .enum(['read', 'count'])
      .default('read')
      .describe('What shows that a rollback is done: reading the data plane, or its request counters too.'),
    secondMeans: z
      .array(z.enum(secondMeans))
      .max(secondMeans.length)
      .default([])
      .describe('What cuts the canary off when half of timeout is over and the data plane does not obey.'),
    flagHook: z
      .string()
      .min(1)
      .max(63)
      .optional()
      .describe("Name of the operator's hook that flag-off among secondMeans calls."),
  })
  .prefault({})
  .describe('How traffic goes back.');

export type RollbackFields = z.output<typeof rollbackField>;
export type ActionFields = z.output<typeof action>;
