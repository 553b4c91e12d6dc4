/** What a backtest is asked over HTTP, and what it answers. */
import { z } from 'zod';
import type { Backtest } from '../../backtest/types.ts';
import { nameSchema } from './text.ts';

const timeSchema = z.int().min(0).max(8_640_000_000_000_000);

export const backtestRequestSchema = z
  .strictObject({
    plan: z.union([z.string(), z.record(z.string(), z.unknown())]),
    stable: nameSchema,
    /** Default: the plan's version. */
    canary: z.exactOptional(nameSchema),
    /** Epoch milliseconds. */
    fromMs: timeSchema,
    toMs: timeSchema,
    /** Only this stage; the first is 1. */
    stage: z.exactOptional(z.int().min(1)),
    /** The canary's share in that time, percent, where it was not that of the stages. */
    share: z.exactOptional(z.number().min(0).max(100)),
  })
  .meta({
    id: 'BacktestRequest',
    description: 'A plan (object, or text in YAML or JSON), two versions, and the time to judge them in.',
  });

const verdictKinds = ['pass', 'fail', 'no-data', 'error'] as const;
const number = z.number().nullable();

const pointSchema = z.object({
  atMs: z.number(),
  kind: z.enum(verdictKinds),
  canary: number,
  stable: number,
  low: number,
  high: number,
  eValue: number,
});

const checkSchema = z.object({
  name: z.string(),
  kind: z.enum([
    'threshold',
    'baseline',
    'series',
    'trend',
    'anomaly',
    'errorBudget',
    'composite',
    'counts',
    'health',
    'alert',
  ]),
  unit: z.string(),
  looks: z.object({ pass: z.number(), fail: z.number(), 'no-data': z.number(), error: z.number() }),
  firstFailureMs: number,
  last: z.object({ kind: z.enum(verdictKinds), reason: z.string() }).nullable(),
  points: z.array(pointSchema).readonly(),
});

const stageSchema = z.object({
  name: z.string(),
  weightPercent: z.number(),
  fromMs: z.number(),
  toMs: z.number(),
  /** As the stage of a real rollout ends: `soaked`, `rolled-back`, …; null: it was under way. */
  ending: z.string().nullable(),
  looks: z.number(),
  firstFailure: z
    .object({ check: z.string(), reason: z.string(), atMs: z.number(), looks: z.number() })
    .nullable(),
  checks: z.array(checkSchema).readonly(),
});

export const backtestSchema = z
  .object({
    target: z.string(),
    canary: z.string(),
    stable: z.string(),
    fromMs: z.number(),
    toMs: z.number(),
    outcome: z.object({
      kind: z.enum(['rolled-back', 'held', 'promoted', 'passed', 'unfinished']),
      atMs: z.number(),
      afterMs: z.number(),
      reason: z.string(),
    }),
    looks: z.number(),
    stages: z.array(stageSchema).readonly(),
    timeline: z.array(z.object({ atMs: z.number(), kind: z.string(), text: z.string() })).readonly(),
    notes: z.array(z.string()).readonly(),
  })
  .meta({ id: 'Backtest' });
backtestSchema satisfies z.ZodType<Backtest>;

export type { Backtest };
